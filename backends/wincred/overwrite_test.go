package wincred

import (
	"bytes"
	"strings"
	"testing"

	"keyglot/helper"
)

// spy keeps every blob that goes in or out.
type spy struct {
	*fake
	seen [][]byte
}

func (s *spy) Read(target string) (credential, error) {
	c, err := s.fake.Read(target)
	s.seen = append(s.seen, c.Blob)
	return c, err
}

func (s *spy) List(filter string) ([]credential, error) {
	all, err := s.fake.List(filter)
	for _, c := range all {
		s.seen = append(s.seen, c.Blob)
	}
	return all, err
}

func (s *spy) Write(c credential) error {
	s.seen = append(s.seen, c.Blob)
	return s.fake.Write(c)
}

// SEC-35: what was read or written is not left in memory as it came.
func TestOverwrittenSEC35(t *testing.T) {
	t.Parallel()
	const canary = "canary-9417"
	for name, secret := range map[string]string{"one blob": canary, "pieces": strings.Repeat(canary, 800)} {
		s, f := newFake(t)
		watch := &spy{fake: f}
		s.api = watch
		c := credentialFor("git.example.com", "alice", secret)
		for _, step := range []struct {
			name string
			do   func() error
		}{
			{"save", func() error { return s.Save(t.Context(), c) }},
			{"save again", func() error { return s.Save(t.Context(), c) }},
			{"load", func() error { _, err := s.Load(t.Context(), c.Key); return err }},
			{"find", func() error { _, err := s.Find(t.Context(), c.Target.Realm()); return err }},
			{"list", func() error { _, err := s.List(t.Context()); return err }},
			{"doctor", func() error { s.Ailments(t.Context()); s.Custody(t.Context()); return nil }},
			{"save of another", func() error {
				return s.Save(t.Context(), credentialFor("git.example.com", "bob", "b"))
			}},
			{"remove", func() error { return s.Remove(t.Context(), c.Key) }},
		} {
			watch.seen = nil
			if step.name == "load" {
				if got, err := s.Load(t.Context(), c.Key); err != nil || !got.Secret.Equal(helper.NewSecret(secret)) {
					t.Errorf("%s: %v", name, err)
				}
			}
			if err := step.do(); err != nil || len(watch.seen) == 0 {
				t.Errorf("%s: %s: %v, %d blobs", name, step.name, err, len(watch.seen))
			}
			for _, blob := range watch.seen {
				if bytes.Contains(blob, []byte(canary)) {
					t.Errorf("%s: %s leaves a secret", name, step.name)
				}
			}
		}
	}
}
