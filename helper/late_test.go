package helper_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// hanging is a store that answers no question for a secret, as pass while its
// gpg waits for a passphrase; silent, no question at all.
type hanging struct {
	*helpertest.Store
	silent bool
}

func (hanging) Load(ctx context.Context, _ helper.Key) (helper.Credential, error) {
	<-ctx.Done()
	return helper.Credential{}, fmt.Errorf("gpg waited: %w", helper.ErrLocked)
}

// mute is a store that answers no change, as a chain helper that waits for a
// person.
type mute struct{ *helpertest.Store }

func (mute) Save(ctx context.Context, _ helper.Credential) error {
	<-ctx.Done()
	return fmt.Errorf("the helper waited: %w", helper.ErrLocked)
}

func (mute) Remove(ctx context.Context, _ helper.Key) error {
	<-ctx.Done()
	return fmt.Errorf("the helper waited: %w", helper.ErrLocked)
}

func (s hanging) List(ctx context.Context) ([]helper.Entry, error) {
	if s.silent {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return s.Store.List(ctx)
}

// STO-25, AUTH-70: a store that does not answer costs its time once, not once
// for each record; what came of it is told of the others too.
func TestAStoreThatHangsIsWaitedForOnce(t *testing.T) {
	t.Parallel()
	hang := func(silent bool) *helpertest.World {
		w := helpertest.New("a", "b")
		w.State.S.Written = []string{"b"}
		for _, host := range []string{"one.example", "two.example", "three.example"} {
			w.Fill(0, login(helper.Target{Scheme: "https", Host: host}, "ann", "1"))
		}
		w.Places[0].Open = func(context.Context, helper.Env) (helper.Store, error) { return hanging{w.Stores[0], silent}, nil }
		return w
	}
	t.Run("records that are looked at one by one", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := hang(false)
			began := time.Now()
			listed, err := w.List(t.Context(), helper.Query{})
			if len(listed) != 3 || err != nil {
				t.Fatal(listed, err)
			}
			const want = "a: load: gpg waited: locked"
			for i := range 3 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if _, err := w.Inspect(ctx, listed[i]); fmt.Sprint(err) != want || !errors.Is(err, helper.ErrLocked) {
					t.Errorf("%d: %v", i, err)
				}
			}
			if took := time.Since(began); took != time.Minute {
				t.Error(took)
			}
		})
	})
	t.Run("a move", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := hang(false)
			began := time.Now()
			told, err := moves(t.Context(), w, helper.Move{From: "a", To: "b"})
			if took := time.Since(began); took != 30*time.Second || err != nil || len(told) != 3 || !strings.HasSuffix(told[2], "a: load: gpg waited: locked") {
				t.Errorf("%v, %q, %v", took, told, err)
			}
		})
	})
	t.Run("a move whose records are not taken, or not given up", func(t *testing.T) {
		for mutes, want := range map[int]string{0: "a: remove: the helper waited: locked", 1: "b: save: the helper waited: locked"} {
			synctest.Test(t, func(t *testing.T) {
				w := hang(false)
				store := w.Stores[0]
				w.Places[0].Open = func(context.Context, helper.Env) (helper.Store, error) { return store, nil }
				still := w.Stores[mutes]
				w.Places[mutes].Open = func(context.Context, helper.Env) (helper.Store, error) { return mute{still}, nil }
				began := time.Now()
				told, err := moves(t.Context(), w, helper.Move{From: "a", To: "b"})
				if took := time.Since(began); took != 30*time.Second || len(told) != 3 || !strings.HasSuffix(told[2], want) {
					t.Errorf("%v, %q, %v", took, told, err)
				}
			})
		}
	})
	t.Run("a listing and what follows", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := hang(true)
			w.Fill(1, login(helper.Target{Scheme: "https", Host: "four.example"}, "ann", "1"))
			began := time.Now()
			const want = "a: list: did not answer in time"
			for range 2 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if listed, err := w.List(ctx, helper.Query{}); len(listed) != 1 || !strings.HasPrefix(fmt.Sprint(err), want) || !errors.Is(err, helper.ErrUnavailable) {
					t.Errorf("%v, %v", listed, err)
				}
			}
			if took := time.Since(began); took != time.Minute {
				t.Error(took)
			}
		})
	})
	t.Run("a time that was over before says nothing of the store", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := hang(true)
			ctx, cancel := context.WithTimeout(t.Context(), -1)
			defer cancel()
			if _, err := w.List(ctx, helper.Query{}); err == nil {
				t.Error("no error")
			}
			began := time.Now()
			ctx, cancel = context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if _, err := w.List(ctx, helper.Query{}); time.Since(began) != time.Minute {
				t.Error(time.Since(began), err)
			}
		})
	})
}
