package cli

import (
	"context"
	"fmt"
	"time"

	"keyglot/helper"
)

// What --verbose tells besides a command's own details: the stores that were
// opened, the locks that were taken, and how long each took (AUTH-9). It tells
// names, places and times; a secret is in none of them.

// detail tells what only --verbose asks for.
func (a *app) detail(format string, args ...any) {
	if a.talk.verbose == 0 {
		return
	}
	a.speaks.Lock()
	defer a.speaks.Unlock()
	fmt.Fprintf(a.Stderr, "keyglot: "+format+"\n", args...)
}

// since is how long something took.
func since(start time.Time) string {
	return fmt.Sprintf("%.1f ms", float64(time.Since(start).Microseconds())/1000)
}

// watched tells of every opening of a store or source.
func (a *app) watched(b helper.Backend) helper.Backend {
	if a.talk.verbose == 0 {
		return b
	}
	open, what := b.Open, "store "
	if named(a.sources(), b.Name) {
		what = "source "
	}
	b.Open = func(ctx context.Context, env helper.Env) (helper.Store, error) {
		start := time.Now()
		store, err := open(ctx, env)
		took, name := since(start), show(join(":", b.Name, env.Instance))
		if err == nil {
			a.detail("%s%s: opened (%s)", what, name, took)
		} else if why := (passed{reason: err}).why(); why != notHere {
			a.detail("%s%s: %s (%s)", what, name, showWords(why), took)
		}
		return store, err
	}
	return b
}

// locker is what takes the locks of this user.
func (a *app) locker(s *settings) helper.Locker {
	own := locks{below(s.state, "locks")}
	if a.talk.verbose == 0 {
		return own
	}
	return watchedLocks{own, a}
}

// watchedLocks tells of every lock that is taken.
type watchedLocks struct {
	locks
	a *app
}

func (w watchedLocks) Lock(ctx context.Context, dir, name string) (func(), error) {
	start := time.Now()
	release, err := w.locks.Lock(ctx, dir, name)
	if err == nil {
		w.a.detail("lock %s: taken (%s)", showWords(name), since(start))
	}
	return release, err
}
