package wincred

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
)

func credentialFor(host, user, secret string) helper.Credential {
	return helper.Credential{
		Entry: helper.Entry{
			Key:   helper.Key{Profile: "default", Target: helper.Target{Scheme: "https", Host: host}, User: helper.Named(user)},
			Known: true, Kind: helper.Basic,
		},
		Secret: helper.NewSecret(secret),
	}
}

// newFake is an empty store over a fake that this process alone uses.
func newFake(t *testing.T) (*Store, *fake) {
	t.Helper()
	f := &fake{dir: fakeDir(t.TempDir())}
	return &Store{api: f, namespace: namespace, now: time.Now}, f
}

func save(t *testing.T, s *Store, c helper.Credential) {
	t.Helper()
	if err := s.Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

func holds(t *testing.T, s *Store, c helper.Credential) {
	t.Helper()
	if got, err := s.Load(t.Context(), c.Key); err != nil || !got.Same(c) {
		t.Errorf("load: %d bytes, %v; want %d bytes", len(got.Secret.Reveal()), err, len(c.Secret.Reveal()))
	}
}

// stored returns the targets in the fake, without what they all begin with.
func stored(t *testing.T, f *fake) (heads, pieces []string) {
	t.Helper()
	all, err := f.List("*")
	if err != nil && !errors.Is(err, notFound) {
		t.Fatal(err)
	}
	for _, c := range all {
		if isPiece(c.Target) {
			pieces = append(pieces, c.Target)
		} else {
			heads = append(heads, c.Target)
		}
	}
	return heads, pieces
}

// STO-80: the names that people see and that other versions read.
func TestNamesSTO80(t *testing.T) {
	t.Parallel()
	s, f := newFake(t)
	c := credentialFor("git.example.com", "alice", "s3cret")
	save(t, s, c)
	got, err := f.Read("keyglot:https://git.example.com/cd0e85d6d267a8a0b0b6e4390ea7e0e2")
	if err != nil || got.User != "alice" || got.Comment != "keyglot default " || !strings.HasPrefix(string(got.Blob), `{"v":1,"profile":"default"`) {
		t.Errorf("%+v, %v", got, err)
	}
	for host, want := range map[string]string{
		"*.example.com":            "keyglot:https://=2A.example.com/",
		"git.example.com:8443":     "keyglot:https://git.example.com:8443/",
		"[::1]:80":                 "keyglot:https://[::1]:80/",
		"a/b#c=d?\\ \x00\xffü":     "keyglot:https://a=2Fb=23c=3Dd=3F=5C=20=00=FF=C3=BC/",
		strings.Repeat("h.", 120):  "keyglot:https://=~10defb26d2a18dc9efad9a3bcb0e956e/",
		strings.Repeat("h", 110):   "keyglot:https://" + strings.Repeat("h", 110) + "/",
		"registry.example.com/v2/": "keyglot:https://registry.example.com=2Fv2=2F/",
	} {
		if got := s.prefix(helper.Realm{Scheme: "https", Host: host}); got != want {
			t.Errorf("%q: %q, want %q", host, got, want)
		}
	}
	odd := credentialFor("odd.example", "a\x00b\n"+strings.Repeat("u", 600), "x")
	odd.Target.Path = strings.Repeat("😀", 200)
	save(t, s, odd) // the fake refuses NUL and what is too long
	holds(t, s, odd)
}

// F15, STO-82, SEC-54: more than a blob lies in pieces, and none is left behind.
func TestPiecesSTO82(t *testing.T) {
	t.Parallel()
	s, f := newFake(t)
	c := credentialFor("git.example.com", "alice", "")
	for _, size := range []int{1, 2559, 2560, 2561, 5000, 1 << 16, 3000, 10, 9000} {
		c.Secret = helper.NewSecret(strings.Repeat("x", size))
		save(t, s, c)
		holds(t, s, c)
		data, err := encode(c)
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		if len(data) > maxBlob {
			want = (len(data) + pieceSize - 1) / pieceSize
		}
		if heads, pieces := stored(t, f); len(heads) != 1 || len(pieces) != want {
			t.Errorf("%d bytes: %q and %d pieces, want %d", size, heads, len(pieces), want)
		}
	}
	if err := s.Remove(t.Context(), c.Key); err != nil {
		t.Fatal(err)
	}
	if heads, pieces := stored(t, f); len(heads)+len(pieces) != 0 {
		t.Errorf("left behind: %q %q", heads, pieces)
	}
}

// STO-82, SEC-54: the pieces come first, then the head, and the old pieces go last:
// a writer that dies before any of its calls leaves the old record or the new.
func TestWriterDiesSTO82(t *testing.T) {
	t.Parallel()
	large := credentialFor("git.example.com", "alice", strings.Repeat("old", 2000))
	for name, change := range map[string]func(*Store, helper.Credential) error{
		"large over large": func(s *Store, c helper.Credential) error {
			c.Secret = helper.NewSecret(strings.Repeat("new", 3000))
			return s.Save(context.Background(), c)
		},
		"small over large": func(s *Store, c helper.Credential) error {
			c.Secret = helper.NewSecret("new")
			return s.Save(context.Background(), c)
		},
		"remove": func(s *Store, c helper.Credential) error { return s.Remove(context.Background(), c.Key) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for die := 1; ; die++ {
				s, f := newFake(t)
				save(t, s, large)
				calls := 0
				f.before = func(op, _ string) error {
					if op == "write" || op == "delete" {
						if calls++; calls >= die {
							return status(1359)
						}
					}
					return nil
				}
				err := change(s, large)
				f.before = nil
				if calls < die {
					if die < 3 {
						t.Errorf("only %d calls", calls)
					}
					return // all of its calls were let through
				}
				got, loadErr := s.Load(t.Context(), large.Key)
				switch {
				case loadErr == nil && got.Secret.Equal(large.Secret):
					if err == nil {
						t.Errorf("dead at %d: the old record, and no error", die)
					}
				case loadErr == nil && strings.HasPrefix(got.Secret.Reveal(), "new") && err == nil:
				case errors.Is(loadErr, helper.ErrNotFound) && name == "remove":
				default:
					t.Errorf("dead at %d: load %v, after %v", die, loadErr, err)
				}
				save(t, s, large) // what is left is in nobody's way
				holds(t, s, large)
			}
		})
	}
}

// STO-82, SEC-54: pieces whose writer died go with a Save an hour later, whatever key
// of the realm it is for; younger ones may belong to a writer at work.
func TestAbandonedPiecesSTO82(t *testing.T) {
	t.Parallel()
	s, f := newFake(t)
	large := credentialFor("git.example.com", "alice", strings.Repeat("x", 4000))
	save(t, s, large)
	dead := s.target(large.Key)
	gone := s.target(credentialFor("git.example.com", "bob", "").Key)
	for _, target := range []string{piece(dead, "00000001", 1), piece(gone, "00000002", 3)} {
		write(t, f, credential{Target: target, Blob: []byte("left")})
	}
	carol := credentialFor("git.example.com", "carol", "x")
	save(t, s, carol)
	if _, pieces := stored(t, f); len(pieces) != 4 {
		t.Errorf("young pieces: %q", pieces)
	}
	s.now = func() time.Time { return time.Now().Add(abandoned + time.Minute) }
	carol.Secret = helper.NewSecret("y")
	save(t, s, carol)
	if _, pieces := stored(t, f); len(pieces) != 2 {
		t.Errorf("old pieces: %q", pieces)
	}
	holds(t, s, large)
	holds(t, s, carol)
}

// SEC-54: a reader between a head and its pieces reads again, however often a writer
// is faster; a head whose pieces stay missing or altered is damage.
func TestReaderSTO82(t *testing.T) {
	t.Parallel()
	s, f := newFake(t)
	c := credentialFor("git.example.com", "alice", strings.Repeat("0", 3000))
	save(t, s, c)
	faster := 0
	f.before = func(op, target string) error {
		if op == "read" && strings.HasSuffix(target, ".1") && faster < 5 {
			faster++
			c.Secret = helper.NewSecret(strings.Repeat(fmt.Sprint(faster), 3000))
			save(t, &Store{api: &fake{dir: f.dir}, namespace: namespace, now: time.Now}, c)
		}
		return nil
	}
	got, err := s.Load(t.Context(), c.Key)
	if err != nil || !got.Same(c) || faster != 5 {
		t.Errorf("after %d faster writers: %v", faster, err)
	}
	f.before = nil
	_, pieces := stored(t, f)
	for name, harm := range map[string]func(whole credential) error{
		"altered": func(c credential) error {
			c.Blob = []byte(strings.Replace(string(c.Blob), "5555", "5655", 1)) // still a record
			return f.Write(c)
		},
		"missing": func(c credential) error { return f.Delete(c.Target) },
	} {
		whole, err := f.Read(pieces[0])
		if err := errors.Join(err, harm(whole)); err != nil {
			t.Fatal(err)
		}
		if ill := s.Ailments(t.Context()); len(ill) != 1 || ill[0].Fix == "" || !strings.Contains(ill[0].Text, s.target(c.Key)) {
			t.Errorf("%s: doctor says %v", name, ill)
		}
		_, load := s.Load(t.Context(), c.Key)
		for op, err := range map[string]error{"load": load, "save": s.Save(t.Context(), c), "remove": s.Remove(t.Context(), c.Key)} {
			if !errors.Is(err, helper.ErrInvalid) || !strings.Contains(err.Error(), s.target(c.Key)) {
				t.Errorf("%s: %s: %v", name, op, err)
			}
		}
		write(t, f, whole)
		holds(t, s, c)
	}
	if ill := s.Ailments(t.Context()); len(ill) > 0 {
		t.Errorf("nothing is wrong, and doctor says %v", ill)
	}
}

// STO-83: what Windows says, and what it means.
func TestErrorsSTO83(t *testing.T) {
	t.Parallel()
	for n, want := range map[status]error{
		accessDenied: helper.ErrDenied, noSuchSession: helper.ErrUnavailable, badStubData: helper.ErrUnsupported,
		invalidParameter: helper.ErrUnsupported, 1359: helper.ErrUnavailable,
	} {
		s, f := newFake(t)
		c := credentialFor("git.example.com", "alice", "old")
		save(t, s, c)
		f.before = func(op, _ string) error {
			if op == "write" {
				return n
			}
			return nil
		}
		c.Secret = helper.NewSecret("canary")
		err := s.Save(t.Context(), c)
		if !errors.Is(err, want) || !strings.Contains(err.Error(), n.Error()) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%d: %v, want %v", n, err, want)
		}
		if want == helper.ErrUnsupported && (!strings.Contains(err.Error(), "wincred holds at most 65536 bytes per credential") || helper.Advice(err) != "use --backend file") {
			t.Errorf("%d: %v, advice %q", n, err, helper.Advice(err))
		}
		f.before = nil
		c.Secret = helper.NewSecret("old")
		holds(t, s, c)
	}
	s, f := newFake(t)
	f.before = func(string, string) error { return os.ErrClosed }
	if _, err := s.List(t.Context()); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("not a number: %v", err)
	}
	// 1168 is a miss for who asks, not for who writes.
	s, f = newFake(t)
	f.before = func(op, _ string) error {
		if op == "write" {
			return notFound
		}
		return nil
	}
	if err := s.Save(t.Context(), credentialFor("h.example", "a", "b")); !errors.Is(err, helper.ErrUnavailable) || errors.Is(err, helper.ErrNotFound) {
		t.Errorf("a write that finds nothing: %v", err)
	}
}

// A record whose text is larger than its secrets is refused before anything
// is written.
func TestTooMuchInAllSTO13(t *testing.T) {
	t.Parallel()
	s, f := newFake(t)
	c := credentialFor("git.example.com", "alice", strings.Repeat("\x01", limit))
	before := s.Refuses(t.Context(), c)
	if err := s.Save(t.Context(), c); !errors.Is(err, helper.ErrUnsupported) || before == nil || err.Error() != before.Error() {
		t.Errorf("save: %v, but before it: %v", err, before)
	}
	if heads, pieces := stored(t, f); len(heads)+len(pieces) != 0 {
		t.Errorf("written: %q %q", heads, pieces)
	}
}

// STO-25: a call that does not come back ends with the deadline.
func TestStuckSTO25(t *testing.T) {
	t.Parallel()
	s, f := newFake(t)
	never := make(chan struct{})
	defer close(never)
	ctx, cancel := context.WithCancel(t.Context())
	f.before = func(string, string) error { cancel(); <-never; return nil }
	if _, err := s.Load(ctx, credentialFor("h", "u", "").Key); !errors.Is(err, helper.ErrUnavailable) || errors.Is(err, helper.ErrNotFound) {
		t.Errorf("load: %v", err)
	}
	if custody := s.Custody(t.Context()); custody.State != "unavailable" {
		t.Errorf("%+v", custody)
	}
}

// Hosts that share a beginning, or differ in case alone, are apart.
func TestNeighboursSTO10(t *testing.T) {
	t.Parallel()
	s, _ := newFake(t)
	for _, host := range []string{"a", "A", "a/b", "ab"} {
		c := credentialFor(host, "u", host)
		c.Target.Scheme = helper.SchemeItem
		save(t, s, c)
		if entries, err := s.Find(t.Context(), c.Target.Realm()); err != nil || len(entries) != 1 || entries[0].Key != c.Key {
			t.Errorf("%q: %v, %v", host, entries, err)
		}
	}
}
