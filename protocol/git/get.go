package git

import (
	"context"
	"errors"

	"keyglot/helper"
)

// request reads stdin. Its error is errRefused, or that time is up.
func (r run) request(ctx context.Context) (request, error) {
	text, err := readText(ctx, r.Stdin)
	if err != nil {
		return request{}, err
	}
	return parse(text)
}

// get answers a request with the credential of its target.
func (r run) get(ctx context.Context) error {
	q, err := r.request(ctx)
	if err != nil {
		return r.unread(err)
	}
	found, err := r.ask(ctx, q)
	answer := ""
	if err == nil {
		answer, err = spell(q, found)
	}
	if answer == "" && r.opts.NeverPrompt {
		answer = "quit=1\n" // GIT-48
	}
	_ = r.write(answer)
	switch {
	case errors.Is(err, helper.ErrNotFound), errors.Is(err, helper.ErrAmbiguous):
		return nil // nothing for you: git asks the next helper
	case errors.Is(err, helper.ErrPolicy):
		return nil // the policy never says what it keeps back
	}
	return r.failure(ctx, q.target, err)
}

// ask looks up what is asked. A path that only url= brought, which git would
// not have sent over http, may be left out (GIT-19).
func (r run) ask(ctx context.Context, q request) (helper.Answer, error) {
	query := helper.Query{Target: q.target, User: q.user, Kinds: kinds(), Below: q.target.Path == "", Expired: true}
	found, err := r.svc.Get(ctx, query)
	web := q.target.Scheme == helper.SchemeHTTPS || q.target.Scheme == helper.SchemeHTTP
	if errors.Is(err, helper.ErrNotFound) && q.pathInURL && web {
		query.Target.Path, query.Below = "", true
		return r.svc.Get(ctx, query)
	}
	return found, err
}
