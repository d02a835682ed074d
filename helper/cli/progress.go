package cli

import (
	"fmt"
	"sync"
	"time"
)

// How often people are told how far something is, and from when on.
const (
	progressAfter = 500 * time.Millisecond
	progressEvery = 100 * time.Millisecond
)

// progress tells a person at the terminal how far something is that takes long,
// in one line that changes (AUTH-9). It may be used by several goroutines.
type progress struct {
	a     *app
	of    int
	mu    sync.Mutex
	done  int
	next  time.Time // when the line changes
	shown bool
}

func (a *app) progress(of int) *progress {
	return &progress{a: a, of: of, next: a.Now().Add(progressAfter)}
}

// step counts one.
func (p *progress) step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	if now := p.a.Now(); p.a.talk.progress && !p.a.talk.quiet && p.a.Terminal(2) && !now.Before(p.next) {
		p.next, p.shown = now.Add(progressEvery), true
		fmt.Fprintf(p.a.Stderr, "\rkeyglot: %d of %d\x1b[K", p.done, p.of)
	}
}

// clear takes the line away, before another one is told and at the end.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		p.shown = false
		fmt.Fprint(p.a.Stderr, "\r\x1b[K")
	}
}
