package cli

import (
	"context"

	"keyglot/helper"
)

// lazy is the Service of a protocol verb: the stores are opened at the first
// question, and a broken configuration answers every one.
type lazy struct {
	app    *app
	helper *helper.Helper
	err    error
}

func (l *lazy) open(ctx context.Context) (*helper.Helper, error) {
	if l.helper == nil && l.err == nil {
		l.helper, l.err = l.app.helper(ctx)
	}
	return l.helper, l.err
}

func (l *lazy) openFor(ctx context.Context, t helper.Target) (*helper.Helper, error) {
	h, err := l.open(ctx)
	if err != nil {
		return nil, err
	}
	return l.app.forTarget(h, t)
}

func (l *lazy) Get(ctx context.Context, q helper.Query) (helper.Answer, error) {
	h, err := l.openFor(ctx, q.Target)
	if err != nil {
		return helper.Answer{}, err
	}
	return h.Get(ctx, q)
}

func (l *lazy) Store(ctx context.Context, p helper.Put) (helper.Stored, error) {
	h, err := l.openFor(ctx, p.Target)
	if err != nil {
		return helper.Stored{}, err
	}
	return h.Store(ctx, p)
}

func (l *lazy) Erase(ctx context.Context, r helper.Removal) ([]helper.Result, error) {
	h, err := l.openFor(ctx, r.Target)
	if err != nil {
		return nil, err
	}
	return h.Erase(ctx, r)
}

func (l *lazy) List(ctx context.Context, q helper.Query) ([]helper.Listed, error) {
	h, err := l.open(ctx)
	if err != nil {
		return nil, err
	}
	return h.List(ctx, q)
}
