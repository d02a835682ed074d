package wincred

import (
	"reflect"
	"strings"
	"testing"

	"keyglot/helper"
)

// STO-81: what a record is depends on its blobs alone: attributes, which some
// systems drop and others may add, user name and comment say nothing.
func TestBlobsAloneSTO81(t *testing.T) {
	t.Parallel()
	for name, secret := range map[string]string{"one blob": "s3cret", "pieces": strings.Repeat("x", 9000)} {
		s, f := newFake(t)
		c := credentialFor("git.example.com", "alice", secret)
		save(t, s, c)
		all, err := f.List("*")
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range all {
			if len(one.Attributes) > 0 {
				t.Errorf("%s: %s is written with attributes %v", name, one.Target, one.Attributes)
			}
			one.User, one.Comment = "mallory", "Stored using python-keyring"
			one.Attributes = map[string][]byte{"label": []byte("Docker Credentials"), "git_password_expiry_utc": []byte("1\x00")}
			write(t, f, one)
		}
		holds(t, s, c)
		for op, list := range map[string]func() ([]helper.Entry, error){
			"find": func() ([]helper.Entry, error) { return s.Find(t.Context(), c.Target.Realm()) },
			"list": func() ([]helper.Entry, error) { return s.List(t.Context()) },
		} {
			if entries, err := list(); err != nil || len(entries) != 1 || entries[0] != c.Entry {
				t.Errorf("%s: %s: %+v, %v", name, op, entries, err)
			}
		}
	}
}

// STO-81: a blob has 2560 bytes, whatever a header says, and a byte more is in
// pieces: Windows would answer 1783.
func TestBlobSizeSTO81(t *testing.T) {
	t.Parallel()
	s, f := newFake(t)
	c := credentialFor("git.example.com", "alice", "")
	empty, err := encode(c)
	if err != nil {
		t.Fatal(err)
	}
	for size, pieces := range map[int]int{2560: 0, 2561: 2} {
		c.Secret = helper.NewSecret(strings.Repeat("x", size-len(empty)))
		save(t, s, c)
		if _, got := stored(t, f); len(got) != pieces {
			t.Errorf("%d bytes: pieces %q", size, got)
		}
		holds(t, s, c)
	}
	if err := f.Write(credential{Target: "t", Blob: make([]byte, 2561)}); err != badStubData {
		t.Errorf("the fake takes what Windows does not: %v", err)
	}
}

// STO-154: what is written is keyglot's alone, whoever's record it is, and what
// other tools keep for the same hosts stays as it is.
func TestOwnSchemaSTO154(t *testing.T) {
	t.Parallel()
	s, f := newFake(t)
	theirs := map[string]credential{}
	for target, attributes := range map[string]map[string][]byte{
		"git:https://git.example.com":                   nil,
		"git:https://alice@git.example.com":             {"git_password_expiry_utc": []byte("1\x00")},
		"git.example.com":                               {"label": []byte("Docker Credentials")},
		"https://git.example.com":                       {"label": []byte("Docker Credentials")},
		"gh:git.example.com:alice":                      nil,
		"alice.uv:git.example.com":                      nil,
		"alice@git.example.com":                         nil,
		"cargo-registry:sparse+https://git.example.com": nil,
	} {
		theirs[target] = credential{Target: target, User: "alice", Blob: []byte("theirs"), Attributes: attributes}
		write(t, f, theirs[target])
	}
	var saved []helper.Credential
	for _, origin := range []string{helper.OriginLogin, helper.OriginGit, helper.OriginDocker, "import:gh"} {
		for _, kind := range Backend().Kinds {
			c := credentialFor("git.example.com", "alice", strings.Repeat("x", 3000*(len(saved)%2)))
			c.Target.Path, c.Kind, c.Origin, c.Alias = origin+"/"+string(kind), kind, origin, "https://git.example.com"
			save(t, s, c)
			saved = append(saved, c)
		}
	}
	theirsStay := func(ours bool) {
		t.Helper()
		all, err := f.List("*")
		if err != nil {
			t.Fatal(err)
		}
		left := 0
		for _, c := range all {
			c.Written = theirs[c.Target].Written
			switch want, ok := theirs[c.Target]; {
			case ok && reflect.DeepEqual(c, want):
				left++
			case ok:
				t.Errorf("%s is not as it was: %+v", c.Target, c)
			case !ours || !strings.HasPrefix(c.Target, "keyglot:https://git.example.com/") || len(c.Attributes) > 0:
				t.Errorf("written: %s %v", c.Target, c.Attributes)
			}
		}
		if left != len(theirs) {
			t.Errorf("%d of %d are left", left, len(theirs))
		}
	}
	theirsStay(true)
	for _, c := range saved {
		if err := s.Remove(t.Context(), c.Key); err != nil {
			t.Fatal(err)
		}
	}
	theirsStay(false)
}
