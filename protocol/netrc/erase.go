package netrc

import (
	"context"
	"fmt"

	"keyglot/helper"
	"keyglot/helper/visible"
)

// erase removes what the command line or netrc text on stdin names. There
// being nothing is no error.
func (r run) erase(ctx context.Context) error {
	list, err := r.victims(ctx)
	if err != nil {
		return err
	}
	var failed error
	told := map[string]bool{}
	for _, q := range list {
		for _, t := range q.targets {
			results, err := r.svc.Erase(ctx, helper.Removal{
				Query: helper.Query{Target: t, User: q.user, Secret: q.secret, Kinds: carried()},
				Whole: true,
				Every: r.all,
			})
			for _, result := range results {
				if line := left(q, result); line != "" && !told[line] {
					told[line] = true // https and http of a host, and several accounts, are one
					r.warn("%s", line)
				}
			}
			if failed == nil {
				failed = err // one machine's failure does not keep the others
			}
		}
	}
	return failed
}

// victims reads HOST and USER, or netrc text on stdin.
func (r run) victims(ctx context.Context) ([]asked, error) {
	switch {
	case len(r.words) > 2:
		return nil, r.misused("erase: takes a HOST and a USER")
	case len(r.words) < 2:
		return r.machines(ctx, "erase")
	}
	user := r.words[1]
	if helper.HasControl(user) {
		return nil, r.misused("erase: USER holds a control character")
	}
	r.words = r.words[:1]
	list, err := r.arguments("erase")
	if err == nil {
		list[0].user = helper.Named(user)
	}
	return list, err
}

// left says what is still there and why; "" if it went.
func left(q asked, result helper.Result) string {
	switch name := visible.Text(q.name()); result.Kept {
	case "":
		return ""
	case helper.KeptLogin:
		return fmt.Sprintf("the login for %[1]s stays; end it with: keyglot auth logout %[1]s", name)
	case helper.KeptSource: // NET-31
		return fmt.Sprintf("%s keeps a credential for %s, which keyglot only reads", visible.Text(result.Store), name)
	default:
		return name + " was not erased: " + result.Kept
	}
}
