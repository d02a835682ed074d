package cli

import (
	"context"
	"fmt"
	"strings"

	"keyglot/helper/setup"
)

type allSetup struct {
	Force bool `help:"Take the place of other stores of docker and helm; --undo brings them back."`
	changeFlags
}

// Help is the text below the flags.
func (allSetup) Help() string {
	return `Does for each tool on this machine what keyglot setup TOOL does. A tool that cannot be set up does not stop the others.`
}

type allView struct {
	Schema string      `json:"schema"` // setup.all/1
	Tools  []setupView `json:"tools"`
	Undo   *string     `json:"undo"`
}

func (c *allSetup) Run(ctx context.Context, a *app) error {
	if err := a.bindable(ctx, c.changeFlags); err != nil {
		return err
	}
	e, err := a.setupEnv()
	if err != nil {
		return err
	}
	view := allView{Schema: "setup.all/1", Tools: []setupView{}}
	parts := []any{}
	var texts []string
	var failed error
	changed := false
	for _, tool := range c.tools(a.common.profile) {
		here := e.Find(tool) != ""
		if !here && !c.Undo {
			continue
		}
		if unfit := a.unbound(tool, c.changeFlags); unfit != nil {
			a.warn(unfit.Message)
		}
		p, err := a.carryOut(ctx, e, tool, c.changeFlags)
		if err != nil {
			if here || e.Remembers(tool) {
				failed = a.another(failed, fmt.Errorf("%s: %w", tool.Name(), err))
			}
			continue
		}
		if p.Empty() && c.Undo {
			continue
		}
		changed = changed || !p.Empty()
		undo := undoOf(tool, p, c.changeFlags, "")
		texts = append(texts, planText(p, c.changeFlags))
		v := setupViewOf(p, !p.Empty() && !c.Print, undo)
		view.Tools, parts = append(view.Tools, v), append(parts, v)
	}
	switch {
	case len(texts) == 0 && failed != nil: // it says all
	case len(texts) == 0 && c.Undo:
		texts = []string{"There is nothing of keyglot's to take back."}
	case len(texts) == 0:
		texts = []string{"No tool that keyglot knows is on this machine."}
	case changed && !c.Undo && !c.Print:
		view.Undo = optional("keyglot setup all --undo")
		texts = append(texts, "Undo: "+*view.Undo)
	}
	if err := a.emit(result{text: strings.Join(texts, "\n"), value: view, lines: parts}); failed == nil {
		return err
	}
	return failed
}

func (c *allSetup) tools(profile string) []setup.Tool {
	return []setup.Tool{setup.Git{Profile: profile}, setup.Docker{Force: c.Force}, setup.Podman{}, setup.Helm{Force: c.Force}, setup.Netrc{}}
}

// another keeps the first of several errors for the end and tells the others
// at once, each with its advice.
func (a *app) another(first, err error) error {
	if first == nil {
		return err
	}
	a.warn(showWords(err.Error()))
	if hint := advice(err); hint != "" {
		a.warn("hint: " + showWords(hint))
	}
	return first
}
