package cli

import (
	"context"
	"errors"

	"keyglot/helper"
)

// all imports each of the files that git, docker and netrc readers keep in
// plain text. What cannot be read does not stop the others.
func (c *importCommand) all(ctx context.Context, a *app) error {
	if c.Path != "" {
		return &fault{Reason: "usage", Message: "an import of all reads where the tools look", Advice: "leave the file out, or name its format"}
	}
	var failed error
	var found []*importing
	would := &drawer{}
	for _, name := range []string{"git-credentials", "docker", "netrc"} {
		one := *c
		one.Format = name
		i, err := one.bring(ctx, a, would)
		switch {
		case errors.Is(err, errInterrupted):
			if a.talk.form == formText {
				err = errors.Join(a.together(found), err)
			}
			return err
		case err != nil && !errors.Is(err, helper.ErrNotFound):
			failed = a.another(failed, err)
		case err == nil && i.any():
			found = append(found, i)
		}
	}
	if len(found) == 0 && failed == nil {
		a.tell("nothing to import: git, docker and netrc keep no credentials in files here")
	}
	if len(found) == 0 && failed != nil {
		return failed
	}
	if err := a.together(found); failed == nil {
		failed = err
	}
	return failed
}

// together reports imports as one: a line for each, and as JSON their
// sum, or an object for each.
func (a *app) together(found []*importing) error {
	view := importView{Schema: "auth.import/1", Format: "all", Skipped: []skippedView{}}
	text := ""
	var each []any
	for _, i := range found {
		text = lines(text, i.told())
		each = append(each, i.view)
		view.DryRun = i.DryRun
		view.Imported += i.view.Imported
		view.Updated += i.view.Updated
		view.Unchanged += i.view.Unchanged
		view.DeletedSource += i.view.DeletedSource
		view.Skipped = append(view.Skipped, i.view.Skipped...)
	}
	return a.emit(result{text: text, value: view, lines: each})
}

// any reports whether there was something to import.
func (i *importing) any() bool {
	return i.view.Imported+i.view.Updated+i.view.Unchanged+len(i.skipped) > 0
}
