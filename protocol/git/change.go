package git

import (
	"context"
	"errors"
	"time"

	"keyglot/helper"
)

// store keeps what git says has worked. The policy knows what is already
// stored; here only is left out what may not be kept (GIT-60).
func (r run) store(ctx context.Context) error {
	q, err := r.request(ctx)
	if err != nil {
		return r.unread(err)
	}
	put := helper.Put{KeepLogin: true, Credential: helper.Credential{
		Entry: helper.Entry{
			Key:    helper.Key{Target: q.target, User: q.user},
			Kind:   helper.Basic,
			Origin: helper.OriginGit,
			Exact:  r.opts.PathMatch != Prefix || q.target.Scheme == helper.SchemeCert,
		},
		Secret:  q.password,
		Refresh: q.refresh,
		Expiry:  q.expiry,
	}}
	switch {
	case q.cut, q.ephemeral, q.unfinished:
		return nil
	case q.authType != "" && q.credential.IsSet():
		put.Kind, put.Secret = helper.Header, q.credential
		put.Attr = map[string]string{helper.AttrAuthType: q.authType}
	case !q.user.Set || !q.password.IsSet():
		return nil
	}
	if put.Expired(time.Now()) {
		if !put.Refresh.IsSet() {
			return nil
		}
		put.Secret, put.Expiry = helper.Secret{}, time.Time{}
	}
	_, err = r.svc.Store(ctx, put)
	if errors.Is(err, helper.ErrPlainHTTP) { // the one refusal that people wonder about (GIT-4)
		return &helper.Exit{Err: errors.New("not saved: plain http to " + q.target.Host + "; see security.allow_http")}
	}
	return r.changed(ctx, q, err)
}

// erase forgets what a server refused, or what a person wants forgotten.
func (r run) erase(ctx context.Context) error {
	q, err := r.request(ctx)
	if err != nil {
		return r.unread(err)
	}
	if q.unfinished {
		return nil
	}
	secret := q.password
	if q.credential.IsSet() {
		secret = q.credential
	}
	results, err := r.svc.Erase(ctx, helper.Removal{Query: helper.Query{Target: q.target, User: q.user, Secret: secret, Kinds: kinds()}})
	if err == nil && len(results) == 1 && results[0].Kept == helper.KeptAside { // NET-31: a word, and no failure
		return &helper.Exit{Err: errors.New(q.target.Host + ": " + results[0].Store + " keeps what was refused; keyglot sets it aside for an hour")}
	}
	return r.changed(ctx, q, err)
}

// changed ends a store or erase. What the policy forbids is refused without a
// word.
func (r run) changed(ctx context.Context, q request, err error) error {
	if errors.Is(err, helper.ErrPolicy) {
		return nil
	}
	return r.failure(ctx, q.target, err)
}
