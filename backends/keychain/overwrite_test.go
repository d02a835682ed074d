package keychain

import (
	"bytes"
	"testing"
)

// spy keeps the data of every item that goes in or out.
type spy struct {
	*memory
	seen [][]byte
}

func (s *spy) CopyMatching(q query) ([]item, error) {
	found, err := s.memory.CopyMatching(q)
	for _, i := range found {
		s.seen = append(s.seen, i.Data)
	}
	return found, err
}

func (s *spy) Add(i item) error {
	s.seen = append(s.seen, i.Data)
	return s.memory.Add(i)
}

func (s *spy) Update(q query, i item) error {
	s.seen = append(s.seen, i.Data)
	return s.memory.Update(q, i)
}

// SEC-35: what was read or written is not left in memory as it came.
func TestOverwrittenSEC35(t *testing.T) {
	t.Parallel()
	s, m := newStore()
	watch := &spy{memory: m}
	s.api = watch
	const canary = "canary-9417"
	c := credential("git.example.com", "", "alice", canary)
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"save", func() error { return s.Save(t.Context(), c) }},
		{"save again", func() error { return s.Save(t.Context(), c) }},
		{"load", func() error {
			got, err := s.Load(t.Context(), c.Key)
			if !got.Secret.Equal(c.Secret) {
				t.Error("load gave another secret")
			}
			return err
		}},
		{"remove", func() error { return s.Remove(t.Context(), c.Key) }},
	} {
		watch.seen = nil
		if err := step.do(); err != nil || len(watch.seen) == 0 {
			t.Errorf("%s: %v, %d times", step.name, err, len(watch.seen))
		}
		for _, data := range watch.seen {
			if bytes.Contains(data, []byte(canary)) {
				t.Errorf("%s leaves a secret", step.name)
			}
		}
	}
}
