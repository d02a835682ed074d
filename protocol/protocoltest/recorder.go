package protocoltest

import (
	"context"

	"keyglot/helper"
)

// Recorder is a Service that answers what its fields say and remembers what it
// was asked. Its zero value has nothing stored.
type Recorder struct {
	Answers func(helper.Query) (helper.Answer, error) // nil: ErrNotFound, or Err
	Stored  helper.Stored
	Results []helper.Result
	Listed  []helper.Listed
	Err     error // of every call

	Queries  []helper.Query
	Puts     []helper.Put
	Removals []helper.Removal
	Lists    []helper.Query
}

var _ helper.Service = (*Recorder)(nil)

// Answering is a Recorder that gives every Get the same answer.
func Answering(a helper.Answer) *Recorder {
	return &Recorder{Answers: func(helper.Query) (helper.Answer, error) { return a, nil }}
}

// Failing is a Recorder that fails every call.
func Failing(err error) *Recorder { return &Recorder{Err: err} }

// Calls is how often the Recorder was asked anything.
func (r *Recorder) Calls() int {
	return len(r.Queries) + len(r.Puts) + len(r.Removals) + len(r.Lists)
}

// Get records q.
func (r *Recorder) Get(_ context.Context, q helper.Query) (helper.Answer, error) {
	r.Queries = append(r.Queries, q)
	switch {
	case r.Err != nil:
		return helper.Answer{}, r.Err
	case r.Answers == nil:
		return helper.Answer{}, helper.ErrNotFound
	}
	return r.Answers(q)
}

// Store records p.
func (r *Recorder) Store(_ context.Context, p helper.Put) (helper.Stored, error) {
	r.Puts = append(r.Puts, p)
	return r.Stored, r.Err
}

// Erase records m.
func (r *Recorder) Erase(_ context.Context, m helper.Removal) ([]helper.Result, error) {
	r.Removals = append(r.Removals, m)
	return r.Results, r.Err
}

// List records q.
func (r *Recorder) List(_ context.Context, q helper.Query) ([]helper.Listed, error) {
	r.Lists = append(r.Lists, q)
	return r.Listed, r.Err
}
