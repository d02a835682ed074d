package helper

import "context"

// A Reading is a search of which what it chooses is loaded next. A store that
// has to wait for answers may ask for what it finds and for its secret at once.
// What it asked so is for a Load of the same Reading, and for no other: a later
// one must see what is stored by then.
type Reading struct{ _ byte }

type readingKey struct{}

// WithReading begins one.
func WithReading(ctx context.Context) context.Context {
	return context.WithValue(ctx, readingKey{}, new(Reading))
}

// ReadingOf is the reading that a Find or a Load belongs to; nil: none.
func ReadingOf(ctx context.Context) *Reading {
	reading, _ := ctx.Value(readingKey{}).(*Reading)
	return reading
}
