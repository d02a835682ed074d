package wincred

import (
	"strings"
	"testing"

	"keyglot/helper"
)

// STO-82: the head of a record in pieces says what a listing needs, so that one
// reads no pieces, and what it says is the record's own.
func TestHeadHasEntrySTO82(t *testing.T) {
	t.Parallel()
	s, f := newFake(t)
	large := credentialFor("git.example.com", "alice", strings.Repeat("canary", 1000))
	large.Target.Path, large.Exact, large.Origin, large.Login = "org/r&d<x>.git", true, helper.OriginGit, "\xff"
	save(t, s, large)
	heads, pieces := stored(t, f)
	head, err := f.Read(heads[0])
	if err != nil || !strings.Contains(string(head.Blob), `"entry":{`) || strings.Contains(string(head.Blob), "canary") {
		t.Fatalf("%s, %v", head.Blob, err)
	}
	for _, target := range pieces {
		if err := f.Delete(target); err != nil {
			t.Fatal(err)
		}
	}
	for op, list := range map[string]func() ([]helper.Entry, error){
		"find": func() ([]helper.Entry, error) { return s.Find(t.Context(), large.Target.Realm()) },
		"list": func() ([]helper.Entry, error) { return s.List(t.Context()) },
	} {
		if entries, err := list(); err != nil || len(entries) != 1 || entries[0] != large.Entry {
			t.Errorf("%s without pieces: %+v, %v", op, entries, err)
		}
	}
}

// STO-82: heads without an entry, as before, are listed by their pieces.
func TestHeadWithoutEntrySTO82(t *testing.T) {
	t.Parallel()
	for name, alias := range map[string]string{"an older one": "", "no room for it": strings.Repeat("a", maxBlob)} {
		s, f := newFake(t)
		c := credentialFor("git.example.com", "alice", strings.Repeat("x", 4000))
		c.Alias = alias
		save(t, s, c)
		heads, _ := stored(t, f)
		head, err := f.Read(heads[0])
		if err != nil {
			t.Fatal(err)
		}
		blob, entry, had := strings.Cut(string(head.Blob), `,"entry":`)
		if had == (alias != "") || len(head.Blob) > maxBlob {
			t.Errorf("%s: entry %q in %d bytes", name, entry, len(head.Blob))
		}
		if had {
			head.Blob = []byte(blob + "}")
			write(t, f, head)
		}
		if entries, err := s.Find(t.Context(), c.Target.Realm()); err != nil || len(entries) != 1 || entries[0] != c.Entry {
			t.Errorf("%s: %d, %v", name, len(entries), err)
		}
		holds(t, s, c)
	}
}
