package helper_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// usual is how many histories a few seconds are enough for.
const usual = 400

var lives = flag.Int("lives", usual, "how many random histories of stores to compare with the model")

// SEC-93, SEC-82, SEC-83, AUTH-20, AUTH-27, STO-32, STO-33: whatever happens to one to three stores and the
// sources, in whatever order, the policy does what the specs say. A failure prints the shortest history that
// shows it.
func TestModel(t *testing.T) {
	t.Parallel()
	answered, failed := 0, 0
	for seed := range *lives {
		deeds := history(uint64(seed), 60)
		l := live(t, uint64(seed), deeds)
		answered, failed = answered+l.answered, failed+l.failed
		if l.wrong != "" {
			deeds = shortest(deeds, func(d []deed) bool { return live(t, uint64(seed), d).wrong != "" })
			t.Errorf("seed %d: %s\n%s", seed, live(t, uint64(seed), deeds).wrong, lines(deeds))
			if *lives == usual {
				return
			}
		}
	}
	if answered < *lives || failed < *lives {
		t.Errorf("%d questions were answered, %d deeds failed: the histories are too dull", answered, failed)
	}
}

// shortest takes out deeds as long as the history still fails.
func shortest(deeds []deed, fails func([]deed) bool) []deed {
	for size := len(deeds) / 2; size > 0; size /= 2 {
		for i := 0; i+size <= len(deeds); {
			if less := slices.Concat(deeds[:i], deeds[i+size:]); fails(less) {
				deeds = less
			} else {
				i++
			}
		}
	}
	return deeds
}

func lines(deeds []deed) string {
	var b strings.Builder
	for i, d := range deeds {
		fmt.Fprintf(&b, "%3d %v\n", i+1, d)
	}
	return b.String()
}

// life is one history under way.
type life struct {
	*helpertest.World
	ctx              context.Context
	m                *helpertest.Model
	answered, failed int
	cutOff           bool // the last deed failed
	wrong            string
}

// live lets deeds happen until one goes wrong. The seed says how many stores and
// sources there are.
func live(t *testing.T, seed uint64, deeds []deed) *life {
	l := &life{World: helpertest.New("a", "b", "c"), ctx: t.Context()}
	l.Policy.Registrable = func(host string) (string, error) {
		labels := strings.Split(host, ".")
		return strings.Join(labels[max(0, len(labels)-2):], "."), nil
	}
	l.m = &helpertest.Model{Now: l.Clock}
	for i, s := range l.Stores {
		l.m.Places = append(l.m.Places, &helpertest.Shelf{Name: l.Places[i].Name, Records: map[helper.Key]helpertest.Kept{}})
		if i == 1 {
			l.Places[i].Open = func(context.Context, helper.Env) (helper.Store, error) { return blind{s}, nil }
		}
	}
	n := 1 + int(seed)%3
	l.Places, l.m.Places = l.Places[:n], l.m.Places[:n]
	for i := range int(seed/3) % 3 {
		l.Source(fmt.Sprint("s", i))
		l.m.Sources = append(l.m.Sources, &helpertest.Shelf{Name: fmt.Sprint("s", i), Records: map[helper.Key]helpertest.Kept{}})
	}
	for i, d := range deeds {
		before := l.m.Answers()
		l.wrong = l.do(t, d)
		if l.wrong == "" {
			l.wrong = l.compare(d, before)
		}
		if l.wrong != "" {
			l.wrong = fmt.Sprintf("deed %d, %v: %s", i+1, d, l.wrong)
			return l
		}
	}
	return l
}

// process is the policy as a new process has it: the chosen store first.
func (l *life) process(profile string) *helper.Helper {
	h := &helper.Helper{Profile: profile, Sources: l.Sources, Memory: l.State, Locks: l.Locks, Policy: l.Policy, Now: l.Helper.Now}
	h.Places = append(h.Places, l.Places[l.m.Chosen])
	for i, p := range l.Places {
		if i != l.m.Chosen {
			h.Places = append(h.Places, p)
		}
	}
	return h
}

// compare looks at what the stores and the memory hold. Of a deed that was cut
// off in the middle the model takes over what is there, unless something is lost.
func (l *life) compare(d deed, before map[helper.Key]helpertest.Kept) string {
	for i, s := range l.m.Places {
		found := map[helper.Key]helpertest.Kept{}
		for _, c := range l.Stores[i].All() {
			found[c.Key] = helpertest.Kept{Secret: c.Secret.Reveal(), Origin: c.Origin, Kind: c.Kind, Exact: c.Exact}
		}
		if !l.m.Partial && !maps.Equal(found, s.Records) {
			return fmt.Sprintf("store %s holds %v\nand not %v", s.Name, found, s.Records)
		}
		s.Records = found
		if len(found) > 0 && !slices.Contains(l.State.S.Written, s.Name) {
			return fmt.Sprintf("store %s has records and would not be asked", s.Name)
		}
	}
	now := l.m.Answers()
	for k, was := range before {
		is, replaced := now[k], d.verb != "move" && k.Target == d.target
		if (l.m.Partial || d.verb == "move") && is.Secret != was.Secret && (!replaced || is.Secret != d.secret && d.verb != "docker store") {
			return fmt.Sprintf("%v was %v, and is %v afterwards", k, was, is)
		}
	}
	about := func(p helper.Pointer) bool { return l.cutOff && p.Target == d.target }
	told, want := slices.DeleteFunc(slices.Clone(l.State.S.Pointers), about), slices.DeleteFunc(slices.Clone(l.m.Pointers), about)
	if !slices.Equal(sorted(told), sorted(want)) {
		return fmt.Sprintf("the current accounts are %v\nand not %v", told, want)
	}
	for _, r := range l.State.S.Rejected {
		if !slices.Contains(l.m.Aside, r) && (r.Target != d.target || !strings.HasSuffix(d.verb, " erase")) {
			return fmt.Sprintf("set aside for %v", r.Target)
		}
	}
	l.m.Pointers, l.m.Aside, l.m.Written = l.State.S.Pointers, l.State.S.Rejected, l.State.S.Written
	return ""
}

func sorted(list []helper.Pointer) []string {
	var lines []string
	for _, p := range list {
		lines = append(lines, fmt.Sprint(p))
	}
	slices.Sort(lines)
	return lines
}

// blind is a store that knows only names, as pass does.
type blind struct{ helper.Store }

func (b blind) Find(ctx context.Context, r helper.Realm) ([]helper.Entry, error) {
	list, err := b.Store.Find(ctx, r)
	return nameless(list), err
}

func (b blind) List(ctx context.Context) ([]helper.Entry, error) {
	list, err := b.Store.List(ctx)
	return nameless(list), err
}

func nameless(list []helper.Entry) []helper.Entry {
	for i := range list {
		list[i] = helper.Entry{Key: list[i].Key}
	}
	return list
}
