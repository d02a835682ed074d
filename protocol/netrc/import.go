package netrc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"keyglot/helper"
)

// originImport is the origin of imported records (AUTH-66).
const originImport = "import:netrc"

// tally counts what an import did.
type tally struct {
	imported, updated, unchanged int
	kept                         []put // what the store holds now as the file has it
	skipped                      []skip
}

// skip is something in the file that was not imported.
type skip struct {
	line int
	why  string
}

func (t *tally) skip(line int, why string) { t.skipped = append(t.skipped, skip{line, why}) }

// importFile keeps the entries of a file.
func (r run) importFile(ctx context.Context) error {
	if len(r.words) != 1 {
		return r.misused("import: name one FILE")
	}
	path := r.words[0]
	file, err := r.open(path)
	if err != nil {
		return err
	}
	var t tally
	for _, s := range file.Skipped {
		t.skip(s.Line, s.What)
	}
	for _, e := range file.Errors {
		t.skip(e.Line, e.What)
	}
	seen := map[helper.Key]bool{}
	for _, e := range file.Entries {
		c, err := r.credential(e)
		switch {
		case err != nil:
			t.skip(e.Line, strings.TrimSuffix(err.Error(), ": "+helper.ErrInvalid.Error()))
			continue
		case seen[c.Key]:
			t.skip(e.Line, "the machine and login were named before")
			continue
		}
		seen[c.Key] = true
		c.Origin = originImport
		if err := r.take(ctx, &t, put{helper.Put{Credential: c}, e.Line}); err != nil {
			return err
		}
	}
	r.report(t, path)
	if r.deleteSource && !r.dryRun {
		return r.clear(ctx, path, t.kept)
	}
	return nil
}

// report says what was done, and of what was not, where it stands and why.
func (r run) report(t tally, path string) {
	slices.SortStableFunc(t.skipped, func(a, b skip) int { return a.line - b.line })
	for _, s := range t.skipped {
		r.warn("skipped line %d: %s", s.line, names([]string{s.why}))
	}
	verb := "Imported"
	if r.dryRun {
		verb = "Would import"
	}
	fmt.Fprintf(r.Stderr, "%s %d, updated %d, unchanged %d, skipped %d from %s\n",
		verb, t.imported, t.updated, t.unchanged, len(t.skipped), names([]string{path}))
}

// take keeps one entry, unless another secret is stored for its key.
func (r run) take(ctx context.Context, t *tally, p put) error {
	known, same, err := r.holds(ctx, p.Credential)
	switch {
	case err != nil:
		return err
	case same:
		t.unchanged++
		t.kept = append(t.kept, p)
		return nil
	case known && !r.overwrite:
		t.skip(p.line, "another password is stored; --overwrite replaces it")
		return nil
	}
	if !r.dryRun {
		_, err := r.svc.Store(ctx, p.Put)
		if errors.Is(err, helper.ErrPlainHTTP) {
			t.skip(p.line, "plain http is not allowed for this host")
			return nil
		}
		if errors.Is(err, helper.ErrPolicy) {
			t.skip(p.line, "the policy denies it")
			return nil
		}
		if err != nil {
			return atLine(p.line, err)
		}
	}
	if known {
		t.updated++
	} else {
		t.imported++
	}
	t.kept = append(t.kept, p)
	return nil
}

// holds reports whether a record with c's key is stored, and with the same
// secret.
func (r run) holds(ctx context.Context, c helper.Credential) (known, same bool, err error) {
	entries, err := r.svc.List(ctx, helper.Query{Target: c.Target})
	if err != nil {
		return false, false, err
	}
	for _, e := range entries {
		known = known || e.Target == c.Target && e.User == c.User
	}
	if !known {
		return false, false, nil
	}
	user := c.User
	if !user.Set {
		user = helper.Named(c.Login)
	}
	answer, err := r.svc.Get(ctx, helper.Query{Target: c.Target, User: user, Kinds: carried()})
	switch {
	case err == nil:
		return true, answer.Target == c.Target && answer.User == c.User && answer.Secret.Equal(c.Secret), nil
	case errors.Is(err, helper.ErrNotFound), errors.Is(err, helper.ErrLoginRequired), errors.Is(err, helper.ErrAmbiguous):
		return true, false, nil
	}
	return true, false, err
}
