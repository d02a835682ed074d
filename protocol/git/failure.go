package git

import (
	"context"
	"errors"
	"fmt"

	"keyglot/helper"
	"keyglot/helper/visible"
)

// unread ends a call whose request was refused, in silence, or did not come in
// time.
func (r run) unread(err error) error {
	if errors.Is(err, errRefused) {
		return nil
	}
	return &helper.Exit{Code: 1, Err: fmt.Errorf("no whole request came within %s", r.Budget)}
}

// failure ends a call that could not be answered: one line that says where and
// what to do (GIT-4).
func (r run) failure(ctx context.Context, t helper.Target, err error) error {
	if err == nil {
		return nil
	}
	line, advice := "", helper.Advice(err)
	store, _ := errors.AsType[*helper.StoreError](err)
	switch {
	case errors.Is(err, helper.ErrLoginRequired):
		host := t.Realm().Short()
		line, advice = "login required for "+host+"; run: keyglot auth login "+host, ""
	case store != nil && (ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded)):
		line = fmt.Sprintf("store %s did not answer within %s", store.Store, r.Budget)
	case ctx.Err() != nil:
		line = fmt.Sprintf("no answer within %s", r.Budget)
	case store != nil && errors.Is(err, helper.ErrLocked):
		line = "store " + store.Store + " is locked"
	default:
		line = visible.Text(err.Error())
	}
	if advice == "" && store != nil {
		advice = "keyglot auth status"
	}
	if advice != "" {
		line += "; hint: " + visible.Text(advice)
	}
	return &helper.Exit{Code: 1, Err: errors.New(line)}
}
