package cli

import (
	"context"
	"errors"

	"keyglot/helper"
)

// all imports each of the files that git, docker and netrc readers keep in
// plain text. What cannot be read does not stop the others.
func (c *importCommand) all(ctx context.Context, a *app) error {
	switch {
	case c.Path != "":
		return &fault{Reason: "usage", Message: "an import of all reads where the tools look", Advice: "leave the file out, or name its format"}
	case a.talk.form == formJSON || a.talk.form == formLines:
		return noImportJSON("all")
	}
	var failed error
	found := false
	for _, name := range []string{"git-credentials", "docker", "netrc"} {
		one := *c
		one.Format = name
		var err error
		if name == "netrc" {
			err = one.netrc(ctx, a)
			found = found || err == nil
		} else {
			var i *importing
			if i, err = one.bring(ctx, a); err == nil && i.any() {
				found, err = true, i.report()
			}
		}
		switch {
		case errors.Is(err, errInterrupted):
			return err
		case err != nil && !errors.Is(err, helper.ErrNotFound):
			failed = a.another(failed, err)
		}
	}
	if !found && failed == nil {
		a.tell("nothing to import: git, docker and netrc keep no credentials in files here")
	}
	return failed
}

func noImportJSON(name string) error {
	return &fault{Reason: "no_json", Message: "an import of " + name + " has no JSON form yet", Advice: "leave --output out"}
}

// any reports whether there was something to import.
func (i *importing) any() bool {
	return i.view.Imported+i.view.Updated+i.view.Unchanged+len(i.skipped) > 0
}
