package cli

import (
	"context"

	"keyglot/helper"
)

// aws is the last source of all: the AWS_* variables, which name no bucket and
// so answer any s3:// target that nothing else does, and nothing but such
// (AUTH-56, SEC-25). It can only be asked.
type aws struct{ getenv func(string) string }

var (
	_ helper.Store = aws{}
	_ helper.Asker = aws{}
)

// awsVariables is the source, if both variables that it needs are set.
func (a *app) awsVariables() []helper.Place {
	if a.common.profile != "" || a.common.noEnv || a.Getenv("KEYGLOT_NO_ENV") != "" ||
		a.Getenv("AWS_ACCESS_KEY_ID") == "" || a.Getenv("AWS_SECRET_ACCESS_KEY") == "" {
		return nil
	}
	return []helper.Place{{Backend: helper.Backend{
		Name: "AWS_ACCESS_KEY_ID", Summary: "the AWS variables", ReadOnly: true, Kinds: []helper.Kind{helper.S3},
		Open: func(context.Context, helper.Env) (helper.Store, error) { return aws{a.Getenv}, nil },
	}}}
}

// Ask answers for a bucket.
func (w aws) Ask(_ context.Context, q helper.Query) ([]helper.Entry, error) {
	if q.Target.Scheme != helper.SchemeS3 {
		return nil, nil
	}
	return []helper.Entry{w.entry(helper.Key{Profile: helper.DefaultProfile, Target: helper.Target{Scheme: helper.SchemeS3, Host: q.Target.Host}})}, nil
}

func (aws) entry(k helper.Key) helper.Entry {
	return helper.Entry{Key: k, Known: true, Kind: helper.S3, Origin: "AWS_ACCESS_KEY_ID"}
}

// Load returns the keys for a bucket that was asked about.
func (w aws) Load(_ context.Context, k helper.Key) (helper.Credential, error) {
	if k.Target.Scheme != helper.SchemeS3 || k.User.Set || k.Target.Path != "" {
		return helper.Credential{}, helper.ErrNotFound
	}
	c := helper.Credential{
		Entry: w.entry(k), Secret: helper.NewSecret(w.getenv("AWS_SECRET_ACCESS_KEY")),
		Attr: map[string]string{attrAccessKey: w.getenv("AWS_ACCESS_KEY_ID")},
	}
	if session := w.getenv("AWS_SESSION_TOKEN"); session != "" {
		c.Extra = map[string]helper.Secret{extraSession: helper.NewSecret(session)}
	}
	return c, nil
}

// Find finds nothing: the variables name no bucket.
func (aws) Find(_ context.Context, r helper.Realm) ([]helper.Entry, error) {
	if r.IsZero() {
		return nil, helper.ErrInvalid
	}
	return nil, nil
}

// List lists nothing.
func (aws) List(context.Context) ([]helper.Entry, error) { return nil, nil }

// Save is never possible.
func (aws) Save(context.Context, helper.Credential) error { return helper.ErrUnsupported }

// Remove is never possible.
func (aws) Remove(context.Context, helper.Key) error { return helper.ErrUnsupported }
