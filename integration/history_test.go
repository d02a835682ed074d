package integration_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

var calls = flag.Int("calls", 180, "how many processes a random history has; half as many on a keyring")

// SEC-93, STO-26, STO-27, DOC-75, SEC-82: processes that store, read, erase and switch a few accounts at once never
// see what nobody stored, nor what was surely replaced before, nor a miss where a record surely is.
func TestHistories(t *testing.T) {
	t.Parallel()
	for _, s := range []shelf{shelves[0], keyring} {
		for name, scene := range scenes {
			t.Run(s.String()+" "+name, func(t *testing.T) {
				h := newHome(t)
				s.enter(h)
				h.unhurried()
				each := *calls / 6
				if s.away {
					each /= 2
				}
				var past chronicle
				var workers sync.WaitGroup
				for worker := range 6 {
					c := chance{rand.New(rand.NewPCG(uint64(worker), 93))}
					workers.Go(func() {
						for i := range each {
							past.add(h, s, scene(c, fmt.Sprintf("secret-%d-%d", worker, i)))
						}
					})
				}
				workers.Wait()
				past.check(t)
			})
		}
	}
}

// A call is a process that ran: what it did, when at the earliest and the latest,
// and what it said.
type call struct {
	verb, user, secret string
	begin, end         int64
	said               result
}

func (c call) String() string {
	return fmt.Sprintf("%d-%d %s %s %s: rc %d %q %q", c.begin, c.end, c.verb, c.user, c.secret, c.said.rc, c.said.out, c.said.stderr)
}

// scenes make random calls about one host.
var scenes = map[string]func(c chance, secret string) call{
	// each login of docker replaces the one before
	"docker": func(c chance, secret string) call {
		return call{verb: c.of("docker get", "docker get", "docker get", "docker store", "docker store"), user: c.of("ann", "bob"), secret: secret}
	},
	"docker with logouts": func(c chance, secret string) call {
		return call{verb: c.of("docker get", "docker get", "docker store", "docker store", "docker erase"), user: c.of("ann", "bob"), secret: secret}
	},
	// git stores, and takes back what was refused
	"git": func(c chance, secret string) call {
		return call{verb: c.of("git get", "git get", "git get as", "git store", "git store", "git erase", "switch"), user: c.of("ann", "bob"), secret: secret}
	},
	"accounts": func(c chance, secret string) call {
		return call{verb: c.of("git get", "git get", "git get as", "git store", "switch", "login"), user: c.of("ann", "bob"), secret: secret}
	},
}

// chronicle is what happened. Its clock orders what does not overlap.
type chronicle struct {
	clock atomic.Int64
	mu    sync.Mutex
	calls []call
}

func (r *chronicle) add(h *home, s shelf, c call) {
	keyglot := func(stdin string, words ...string) {
		c.begin = r.clock.Add(1)
		c.said = h.run(stdin, "keyglot", slices.Concat(words[:1], s.options, words[1:])...)
		c.end = r.clock.Add(1)
	}
	const asked = "protocol=https\nhost=h.example\n"
	as := asked + "username=" + c.user + "\n"
	switch c.verb {
	case "docker get":
		keyglot("h.example", "docker", "get")
	case "docker store":
		keyglot(fmt.Sprintf(`{"ServerURL":"h.example","Username":%q,"Secret":%q}`, c.user, c.secret), "docker", "store")
	case "docker erase":
		keyglot("h.example", "docker", "erase")
	case "git get":
		keyglot(asked, "git", "get")
	case "git get as":
		keyglot(as, "git", "get")
	case "git store":
		keyglot(as+"password="+c.secret+"\n", "git", "store")
	case "git erase": // of the last password that anybody saw
		if c.secret = r.seen(c.user); c.secret == "" {
			return
		}
		keyglot(as+"password="+c.secret+"\n", "git", "erase")
	case "switch":
		keyglot("", "auth", "switch", "h.example", "-u", c.user)
	case "login":
		keyglot(c.secret+"\n", "auth", "login", "h.example", "-u", c.user, "--password", "-", "--no-switch")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, c)
}

func (r *chronicle) seen(user string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range slices.Backward(r.calls) {
		if found := told.FindString(c.said.out); found != "" && c.verb == "git get as" && c.user == user {
			return found
		}
	}
	return ""
}

var told = regexp.MustCompile(`secret-\d+-\d+`)

func (c call) stores() bool {
	return strings.HasSuffix(c.verb, " store") || c.verb == "login"
}

func (c call) erases() bool { return strings.HasSuffix(c.verb, " erase") }

// about reports whether a change is about the account that a get names.
func (c call) about(get call) bool { return get.verb != "git get as" || c.user == get.user }

// check judges every get by what was surely so while it ran.
func (r *chronicle) check(t *testing.T) {
	answered, amiss, all := 0, 0, r.calls
	wrong := func(get call, why string, others ...call) {
		lines := []string{get.String() + ": " + why}
		for _, c := range others {
			lines = append(lines, c.String())
		}
		if amiss++; amiss <= 3 {
			t.Error(strings.Join(lines, "\n\t"))
		}
	}
	for _, get := range all {
		missed := get.said.out == "" || strings.HasPrefix(get.said.out, "credentials not found")
		switch {
		case get.verb == "switch" && get.said.rc == 4:
			continue // the account was not there; that is judged by the gets
		case !strings.Contains(get.verb, " get"):
			if get.said.rc != 0 {
				wrong(get, "it failed")
			}
			continue
		case get.said.rc != 0 && !missed, get.said.stderr != "":
			wrong(get, "it failed")
			continue
		}
		if missed {
			if s, surely := sure(all, get); surely {
				wrong(get, "a miss, but this was there", s)
			}
			continue
		}
		answered++
		secret := told.FindString(get.said.out)
		i := slices.IndexFunc(all, func(c call) bool { return c.stores() && c.secret == secret })
		switch {
		case i < 0 || all[i].begin > get.end:
			wrong(get, "nobody has stored that")
		case !all[i].about(get):
			wrong(get, "that is another account's", all[i])
		default:
			if over, is := overtaken(all, all[i], get); is {
				wrong(get, "that was stored, and replaced", all[i], over)
			}
		}
	}
	t.Logf("%d calls, %d answers, %d calls that are wrong", len(all), answered, amiss)
	if answered < len(all)/20 {
		t.Errorf("only %d of %d calls were answered", answered, len(all))
	}
}

// sure finds a store that was over before a get began, with no erase that can
// have come after it. What other stores made of it is a record as well.
func sure(all []call, get call) (call, bool) {
	for _, s := range all {
		if !s.stores() || s.end > get.begin || !s.about(get) || s.said.rc != 0 {
			continue
		}
		if !slices.ContainsFunc(all, func(e call) bool { return e.erases() && e.end > s.begin && e.begin < get.end }) {
			return s, true
		}
	}
	return call{}, false
}

// overtaken finds a change that began after a store was over, and was over before
// a get began, and left nothing of what was stored: a store of the account, any
// login of docker, an erase of just that.
func overtaken(all []call, s, get call) (call, bool) {
	for _, c := range all {
		if c.begin < s.end || c.end > get.begin || c.said.rc != 0 {
			continue
		}
		if c.stores() && (c.user == s.user || c.verb == "docker store") || c.verb == "docker erase" || c.verb == "git erase" && c.secret == s.secret {
			return c, true
		}
	}
	return call{}, false
}
