package integration_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"keyglot/backends"
	"keyglot/helper"
	"keyglot/helper/config"
	"keyglot/helper/helpertest"
	"keyglot/helper/publicsuffix"
)

// policies are Helpers over a store of each shelf and over one in memory, which
// are all to give the same answers.
func policies(t *testing.T, now func() time.Time) map[string]*helper.Helper {
	t.Helper()
	w := helpertest.New("memory")
	list := map[string]*helper.Helper{"memory": w.Helper}
	for _, shelf := range shelves {
		dir := t.TempDir()
		env := helper.Env{
			Home: dir, DataDir: filepath.Join(dir, "data"), StateDir: filepath.Join(dir, "state"),
			Getenv: func(string) string { return "" }, Now: now, Notice: func(string) {},
		}
		for _, b := range backends.All() {
			if b.Name != shelf.name {
				continue
			}
			if b.Options != nil {
				env.Options = b.Options()
			}
			list[b.Name] = &helper.Helper{
				Places: []helper.Place{{Backend: b, Env: env}}, Memory: config.State{Dir: env.StateDir}, Locks: &helpertest.Locks{},
			}
		}
	}
	for _, h := range list {
		h.Now, h.Policy.Registrable = now, publicsuffix.Registrable
	}
	return list
}

// A chance makes requests out of few words, so that they meet often.
type chance struct{ *rand.Rand }

func (c chance) of(words ...string) string { return words[c.IntN(len(words))] }

func (c chance) target() helper.Target {
	return helper.Target{Scheme: "https", Host: c.of("h.example", "h.example:8443", "a.cdn.example"), Path: c.of("", "", "org", "org/r", "Org", "a%20b")}
}

func (c chance) user() helper.User {
	return []helper.User{{}, helper.Named(""), helper.Named("ann"), helper.Named("bob"), helper.Named("DOMAIN/ann")}[c.IntN(5)]
}

func (c chance) put(now time.Time) helper.Put {
	p := helper.Put{Credential: helper.Credential{
		Entry:  helper.Entry{Key: helper.Key{Target: c.target(), User: c.user()}, Kind: helper.Basic, Origin: c.of("git", "docker", "login")},
		Secret: helper.NewSecret(c.of("", "s", "line\nfeed", "\xff\x00", "ü")),
	}}
	switch p.Origin {
	case helper.OriginGit:
		p.Exact, p.KeepLogin = true, true
		if c.IntN(3) == 0 {
			p.Expiry, p.Refresh = now.Add(time.Duration(c.IntN(3)-1)*time.Hour), helper.NewSecret("r")
		}
	case helper.OriginDocker:
		p.Current, p.Sole, p.Alias = true, true, p.Target.Host
	case helper.OriginLogin:
		p.Current = c.IntN(2) == 0
		if p.Target.Path == "" && c.IntN(3) == 0 {
			p.Target.Host = "*.cdn.example"
		}
		if c.IntN(3) == 0 {
			p.Kind, p.Attr = helper.Bearer, map[string]string{"provider": "x"}
		}
	}
	return p
}

func (c chance) query() helper.Query {
	q := helper.Query{Target: c.target(), User: c.user(), Expired: c.IntN(2) == 0}
	if c.IntN(2) == 0 {
		q.User = helper.User{}
	}
	q.Below = q.Target.Path == "" && c.IntN(2) == 0
	return q
}

// SEC-93, SEC-10: for random changes and questions all stores give the same answers.
func TestStoresAgree(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			now := helpertest.Now
			list := policies(t, func() time.Time { return now })
			c := chance{rand.New(rand.NewPCG(seed, 93))}
			answered := 0
			for step := range 120 {
				what, do := c.step(now)
				want := do(t, list["memory"])
				for name, h := range list {
					if name == "memory" {
						continue
					}
					if got := do(t, h); got != want {
						t.Fatalf("step %d, %s:\n%s: %s\nmemory: %s", step, what, name, got, want)
					}
				}
				if strings.HasPrefix(want, "secret ") {
					answered++
				}
				now = now.Add(time.Minute)
			}
			if answered < 10 {
				t.Errorf("only %d questions were answered", answered)
			}
		})
	}
}

// step is a random change or question, and what comes of it in words.
func (c chance) step(now time.Time) (what string, do func(*testing.T, *helper.Helper) string) {
	switch c.IntN(4) {
	case 0:
		p := c.put(now)
		return fmt.Sprintf("store %+v", p.Entry), func(t *testing.T, h *helper.Helper) string {
			stored, err := h.Store(t.Context(), p)
			stored.Store = ""
			return fmt.Sprintf("%+v %v", stored, outcome(err))
		}
	case 1:
		r := helper.Removal{Query: c.query()}
		switch c.IntN(3) {
		case 0:
			r.Secret = helper.NewSecret(c.of("s", "ü", ""))
		case 1:
			r.Whole, r.Origin = true, helper.OriginDocker
		case 2:
			r.Whole, r.Logout, r.Every = true, true, c.IntN(2) == 0
		}
		return fmt.Sprintf("erase %+v", r), func(t *testing.T, h *helper.Helper) string {
			results, err := h.Erase(t.Context(), r)
			lines := []string{}
			for _, result := range results {
				lines = append(lines, fmt.Sprintf("%+v %s", result.Key, result.Kept))
			}
			slices.Sort(lines)
			return fmt.Sprint(lines, outcome(err))
		}
	}
	q := c.query()
	return fmt.Sprintf("get %+v", q), func(t *testing.T, h *helper.Helper) string {
		a, err := h.Get(t.Context(), q)
		if err != nil {
			return outcome(err)
		}
		return fmt.Sprintf("secret %q refresh %q expiry %v sends %+v of %+v", a.Secret.Reveal(), a.Refresh.Reveal(), a.Expiry, a.Sends, a.Entry)
	}
}

// outcome is what an error comes to for its caller.
func outcome(err error) string {
	for _, known := range []error{helper.ErrNotFound, helper.ErrAmbiguous, helper.ErrLoginRequired, helper.ErrInvalid} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return fmt.Sprint(err)
}
