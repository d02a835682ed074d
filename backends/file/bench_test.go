package file

import (
	"fmt"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/helper"
)

func credential(host, user, secret string) helper.Credential {
	return helper.Credential{
		Entry: helper.Entry{
			Key:   helper.Key{Profile: "default", Target: helper.Target{Scheme: "https", Host: host}, User: helper.Named(user)},
			Known: true, Kind: helper.Basic, Origin: helper.OriginGit,
		},
		Secret: helper.NewSecret(secret),
	}
}

// fill stores n realms, faster than Save, which makes each one durable.
func fill(tb testing.TB, s *Store, n int) {
	tb.Helper()
	if err := s.Save(tb.Context(), credential("host0.example", "alice", "s")); err != nil {
		tb.Fatal(err)
	}
	recipient, err := s.recipient(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	for i := 1; i < n; i++ {
		plant(tb, s, recipient, credential(fmt.Sprintf("host%d.example", i), "alice", "s"))
	}
}

func opened(tb testing.TB, w backendtest.World) *Store {
	tb.Helper()
	store, err := open(tb.Context(), w.Env(Backend()))
	if err != nil {
		tb.Fatal(err)
	}
	return store.(*Store)
}

// BenchmarkGet is what one process does: open, find, load.
func BenchmarkGet(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		b.Run(fmt.Sprintf("%d realms", n), func(b *testing.B) {
			w := backendtest.Folders(b)
			fill(b, opened(b, w), n)
			c := credential("host7.example", "alice", "s")
			for b.Loop() {
				s := opened(b, w)
				if _, err := s.Find(b.Context(), c.Target.Realm()); err != nil {
					b.Fatal(err)
				}
				if _, err := s.Load(b.Context(), c.Key); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMiss(b *testing.B) {
	w := backendtest.Folders(b)
	fill(b, opened(b, w), 10)
	for b.Loop() {
		if entries, err := opened(b, w).Find(b.Context(), helper.Realm{Scheme: "https", Host: "other.example"}); err != nil || len(entries) > 0 {
			b.Fatal(entries, err)
		}
	}
}

func BenchmarkSave(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		b.Run(fmt.Sprintf("%d realms", n), func(b *testing.B) {
			w := backendtest.Folders(b)
			fill(b, opened(b, w), n)
			for i := 0; b.Loop(); i++ {
				if err := opened(b, w).Save(b.Context(), credential("host7.example", "alice", fmt.Sprint(i))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkList(b *testing.B) {
	w := backendtest.Folders(b)
	fill(b, opened(b, w), 10_000)
	for b.Loop() {
		if entries, err := opened(b, w).List(b.Context()); err != nil || len(entries) != 10_000 {
			b.Fatal(len(entries), err)
		}
	}
}
