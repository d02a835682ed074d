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
	a.speak(fmt.Sprintf(format, args...))
}

// since is how long something took.
func since(start time.Time) string {
	return fmt.Sprintf("%.1f ms", float64(time.Since(start).Microseconds())/1000)
}

// watched tells of every opening of a store or source; what says which.
func (a *app) watched(what string, p helper.Place) helper.Place {
	if a.talk.verbose == 0 {
		return p
	}
	open, name := p.Open, what+" "+p.Name
	p.Backend.Open = func(ctx context.Context, env helper.Env) (helper.Store, error) {
		start := time.Now()
		store, err := open(ctx, env)
		if err == nil {
			a.detail("%s: opened (%s)", name, since(start))
		} else if why := (passed{reason: err}).why(); why != notHere {
			a.detail("%s: %s (%s)", name, why, since(start))
		}
		return store, err
	}
	return p
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
		w.a.detail("lock %s: taken (%s)", name, since(start))
	}
	return release, err
}
