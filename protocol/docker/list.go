package docker

import (
	"context"

	"keyglot/helper"
	"keyglot/helper/format/dockerhost"
)

// list answers with the servers that container clients have logged in to.
// Classic `docker build` then gets every one of them, gives up on the first
// that is refused, and sends the rest to its daemon: so what get would not
// answer is left out, and so is what was never docker's.
func (r run) list(ctx context.Context) (string, error) {
	entries, err := r.svc.List(ctx, helper.Query{Kinds: carried()})
	if err != nil {
		return "", err
	}
	users := map[string]string{} // never nil: clients do not read null
	for _, e := range entries {
		if !e.Known { // a name alone does not say whose it is (DOC-30)
			found, err := r.svc.Get(ctx, helper.Query{Target: e.Target, User: e.User, Kinds: carried()})
			if err != nil || found.Key != e.Key {
				continue
			}
			e.Entry = found.Entry
		}
		target, err := dockerhost.Parse(e.Alias)
		if err != nil || target != e.Target || !e.Current || e.Shadowed {
			continue
		}
		if user, err := r.user(ctx, e.Entry); err == nil {
			users[e.Alias] = user
		}
	}
	if err := ctx.Err(); err != nil { // the budget is spent: the rest was not looked at
		return "", err
	}
	return encode(users)
}

// user returns the user name that get answers for an entry. A password needs
// no look at the secret; but a token may have expired, and plain http may be
// allowed no more.
func (r run) user(ctx context.Context, e helper.Entry) (string, error) {
	if e.Known && e.Kind == helper.Basic && e.Target.Scheme != helper.SchemeHTTP {
		found, err := spell(e.Alias, helper.Answer{Credential: helper.Credential{Entry: e}, Sends: e.BasicUser(helper.User{})})
		return found.Username, err
	}
	found, err := r.ask(ctx, e.Alias, e.Target)
	return found.Username, err
}
