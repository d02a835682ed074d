package cli

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"keyglot/helper"
	"keyglot/helper/lock"
)

// How long a command waits. Where nobody can be asked stores have defaultBudget,
// as in a helper verb.
const (
	personBudget = 60 * time.Second // a person may be typing a password for the keyring (AUTH-70)
	lockBudget   = 30 * time.Second // for each lock (AUTH-69)
	noticeAfter  = 2 * time.Second  // then people are told what is waited for
)

// bounded is the time that stores have for one command: longer where a person
// may be asked. Locks of other processes, and questions that keyglot asks
// itself, have time of their own.
func (a *app) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	p := &patience{Context: ctx, done: make(chan struct{}), left: a.storeTime(), notice: func(string) {}}
	if a.person() && a.talk.progress {
		p.notice = a.tell
	}
	p.stop()() // begins
	stop := context.AfterFunc(ctx, func() { p.end(ctx.Err()) })
	return lock.Waiting(p, p.forLock), func() {
		stop()
		p.end(context.Canceled)
	}
}

// person reports whether somebody is there to answer a store's question.
func (a *app) person() bool { return a.Terminal(2) && a.talk.ask }

// waiting tells a person after a while what a question waits for that is no
// store's.
func (a *app) waiting(what string) (over func()) {
	if !a.person() || !a.talk.progress {
		return func() {}
	}
	notice := time.AfterFunc(noticeAfter, func() { a.tell("waiting for " + what) })
	return func() { notice.Stop() }
}

// storeTime is what stores are given for a command or a verb.
func (a *app) storeTime() time.Duration {
	switch {
	case a.budget > 0:
		return a.budget
	case a.person():
		return personBudget
	}
	return defaultBudget
}

// lateness is how long a store was waited for that did not answer.
func (a *app) lateness(err error) (string, bool) {
	late, ok := errors.AsType[*helper.Late](err)
	if !ok {
		return "", false
	}
	return "did not answer in " + helper.Seconds(cmp.Or(late.After, a.storeTime())), true
}

// patience is a context whose time can stand still.
type patience struct {
	context.Context // the command's
	notice          func(text string)
	done            chan struct{}

	mu      sync.Mutex
	err     error
	left    time.Duration // when it last began to run
	until   time.Time
	stopped int // how many have stopped it
	timers  []*time.Timer
}

// run lets the time pass.
func (p *patience) run() {
	p.until = time.Now().Add(p.left)
	p.timers = []*time.Timer{
		time.AfterFunc(p.left, func() { p.end(context.DeadlineExceeded) }),
		time.AfterFunc(noticeAfter, func() { p.notice("waiting for the keyring") }),
	}
}

func (p *patience) halt() {
	for _, t := range p.timers {
		t.Stop()
	}
}

// stop lets the time stand still until resume is called.
func (p *patience) stop() (resume func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped++; p.stopped == 1 && p.timers != nil {
		p.halt()
		p.left = time.Until(p.until)
	}
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.stopped--; p.stopped == 0 && p.err == nil {
			p.run()
		}
	}
}

// forLock is the time for a lock that another process holds.
func (p *patience) forLock(ctx context.Context) (patient context.Context, end func()) {
	resume := p.stop()
	patient, cancel := context.WithTimeout(ctx, lockBudget)
	notice := time.AfterFunc(noticeAfter, func() { p.notice("waiting for another process that changes the same store") })
	return patient, func() {
		notice.Stop()
		cancel()
		resume()
	}
}

func (p *patience) end(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil || p.stopped > 0 && err == context.DeadlineExceeded {
		return
	}
	p.halt()
	p.err = err
	close(p.done)
}

// Deadline is none while the time stands still.
func (p *patience) Deadline() (time.Time, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.until, p.stopped == 0
}

func (p *patience) Done() <-chan struct{} { return p.done }

func (p *patience) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Value gives whileAsked the patience itself.
func (p *patience) Value(key any) any {
	if key == (patienceKey{}) {
		return p
	}
	return p.Context.Value(key)
}

type patienceKey struct{}

// whileAsked stops the time of stores while a person answers: the work on a
// service may need a choice in its middle.
func whileAsked(ctx context.Context) (resume func()) {
	if p, ok := ctx.Value(patienceKey{}).(*patience); ok {
		return p.stop()
	}
	return func() {}
}
