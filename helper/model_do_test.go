package helper_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// do lets a deed happen, to the policy and to the model. It returns what is wrong.
func (l *life) do(t *testing.T, d deed) string {
	h, m, ctx := l.process(d.profile), l.m, t.Context()
	l.cutOff, m.Partial = false, false
	told := func(err error) error {
		if l.cutOff = err != nil; l.cutOff {
			l.failed++
		}
		return err
	}
	q := helper.Query{Target: d.target, User: d.user, Kinds: d.kinds()}
	switch d.verb {
	case "git get", "docker get", "netrc get":
		q.Below = d.verb == "git get" && d.target.Path == ""
		if d.verb == "docker get" {
			q.User = helper.User{}
		}
		return l.get(h, d, q)
	case "git store", "docker store", "netrc store", "import", "login":
		_, err := h.Store(ctx, d.put())
		return m.Store(d.profile, d.put(), told(err))
	case "git erase":
		r := helper.Removal{Query: q}
		if d.flag {
			r.Secret = helper.NewSecret(d.secret)
		}
		return l.erase(h, d, r)
	case "docker erase":
		q.User = helper.User{}
		return l.erase(h, d, helper.Removal{Query: q, Whole: true, Origin: helper.OriginDocker})
	case "netrc erase":
		return l.erase(h, d, helper.Removal{Query: q, Whole: true})
	case "logout":
		q.Kinds = nil
		return l.erase(h, d, helper.Removal{Query: q, Whole: true, Logout: true, Every: !d.user.Set, Only: d.user.Set && d.flag})
	case "switch":
		_, err := h.SwitchAccount(ctx, d.target, d.user)
		return m.Switch(d.profile, d.target, d.user, told(err))
	case "move":
		return l.move(t, h, d)
	case "current profile":
		m.Profile = d.secret
		_, err := h.SwitchProfile(ctx, d.secret)
		return wrong(err)
	case "wait":
		l.Clock = l.Clock.Add(20 * time.Minute)
		m.Now = l.Clock
	case "their store":
		l.theirs(d)
	default:
		l.weather(d)
	}
	return ""
}

func wrong(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func (l *life) get(h *helper.Helper, d deed, q helper.Query) string {
	a, err := h.Get(l.ctx, q)
	got := helpertest.Reply{Key: a.Key, Secret: a.Secret.Reveal(), Store: a.Store, Says: helpertest.Meaning(err)}
	if err == nil {
		l.answered++
	}
	if want := l.m.Get(d.profile, q); got != want {
		return fmt.Sprintf("answers %v (%v)\nand not %v", got, err, want)
	}
	return ""
}

// erase also holds that a password which a server refused is not given out for
// the same question again.
func (l *life) erase(h *helper.Helper, d deed, r helper.Removal) string {
	results, err := h.Erase(l.ctx, r)
	if l.cutOff = err != nil; l.cutOff {
		l.failed++
	}
	if wrong := l.m.Erase(d.profile, r, err); wrong != "" || err != nil || r.Whole || !r.Secret.IsSet() {
		return wrong
	}
	a, err := l.process(d.profile).Get(l.ctx, r.Query)
	if err == nil && !a.Source && a.Secret.Equal(r.Secret) && slices.ContainsFunc(results, func(r helper.Result) bool { return r.Profile == a.Profile && !r.Source }) {
		return fmt.Sprintf("%v answers with the refused password again", a.Key)
	}
	return ""
}

func (l *life) move(t *testing.T, h *helper.Helper, d deed) string {
	n := len(l.Places)
	m := helper.Move{To: l.Places[d.to%n].Name}
	if d.store%n != d.to%n && d.flag {
		m.From = l.Places[d.store%n].Name
	}
	if d.user.Set {
		m.Target = d.target
		if d.flag {
			m.User = d.user
		}
	}
	var failed error
	err := h.Move(t.Context(), m, func(m helper.Moved) { failed = errors.Join(failed, m.Err) })
	failed = errors.Join(failed, err)
	l.cutOff = failed != nil
	return l.m.Move(d.profile, m, failed)
}

// theirs lets another tool store or forget something of its own.
func (l *life) theirs(d deed) {
	if len(l.Theirs) == 0 || d.target.Host[0] == '*' {
		return
	}
	i := d.store % len(l.Theirs)
	if l.m.Sources[i].Trouble != nil {
		return
	}
	key, records := helper.Key{Profile: helper.DefaultProfile, Target: d.target, User: d.user}, l.m.Sources[i].Records
	if _, there := records[key]; there {
		delete(records, key)
		_ = l.Theirs[i].Store.Remove(l.ctx, key)
		return
	}
	records[key] = helpertest.Kept{Secret: d.secret, Kind: helper.Basic, Exact: d.flag}
	_ = l.Theirs[i].Store.Save(l.ctx, helper.Credential{Entry: helper.Entry{Key: key, Known: true, Kind: helper.Basic, Exact: d.flag}, Secret: helper.NewSecret(d.secret)})
}

// weather is what happens to a store or a source as a whole.
func (l *life) weather(d deed) {
	n := d.store % len(l.Places)
	shelf, store := l.m.Places[n], l.Stores[n]
	if d.verb == "their trouble" || d.verb == "their well" {
		if len(l.Theirs) == 0 {
			return
		}
		n = d.store % len(l.Theirs)
		shelf, store = l.m.Sources[n], &l.Theirs[n].Store
	}
	switch d.verb {
	case "choose":
		l.m.Chosen = n
		return
	case "locked":
		shelf.Trouble = helper.ErrLocked
	case "trouble":
		shelf.Trouble = helper.ErrInvalid
		if d.flag {
			shelf.Trouble = helper.ErrUnavailable
		}
	case "their trouble":
		shelf.Trouble = helper.ErrUnavailable
	case "stuck":
		shelf.Stuck = true
	case "well", "their well":
		shelf.Trouble, shelf.Stuck = nil, false
	}
	trouble := shelf.Trouble
	store.Fault = func() error { return trouble }
	store.SaveErr, store.RemoveErr = nil, nil
	if shelf.Stuck {
		store.SaveErr, store.RemoveErr = helper.ErrUnavailable, helper.ErrUnavailable
	}
}
