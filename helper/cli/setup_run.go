package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"keyglot/helper"
	"keyglot/helper/setup"
)

// plainHost reads a host that becomes part of another tool's configuration: as
// strict as an address in a request, with nothing behind it (SEC-70).
func (a *app) plainHost(text string) (helper.Target, error) {
	s, err := a.settings()
	if err != nil {
		return helper.Target{}, err
	}
	typed, err := s.Services().Read(text)
	if err != nil {
		return helper.Target{}, err
	}
	t := typed.Target
	if t.Path != "" || typed.User.Set || typed.Query || typed.Cut != "" || t.Realm().IsWildcard() || t.Scheme == helper.SchemeS3 {
		return t, &fault{Reason: "host_form", Message: "set-up takes a host alone, without path, user or *", Advice: "give HOST or HOST:PORT"}
	}
	return t, nil
}

// setupEnv is what set-up may know of this machine.
func (a *app) setupEnv() (*setup.Env, error) {
	s, err := a.settings()
	if err != nil {
		return nil, err
	}
	own, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("keyglot's own file is not to be found: %w", helper.ErrUnavailable)
	}
	program, err := setup.Stable(a.Args[0], filepath.Clean(own), a.Getenv("PATH"))
	if err != nil {
		return nil, err
	}
	return &setup.Env{
		Home: s.home, Config: cmp.Or(absolute(a.Getenv, "XDG_CONFIG_HOME"), below(s.home, ".config")), State: s.state,
		Getenv: a.Getenv, Environ: a.Environ(), Program: program, Limit: s.Timeout, Stored: a.stored,
	}, nil
}

// stored lists what is stored.
func (a *app) stored(ctx context.Context) ([]helper.Entry, error) {
	h, err := a.helper(ctx)
	if err != nil {
		return nil, err
	}
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	listed, err := h.List(bounded, helper.Query{})
	var entries []helper.Entry
	for _, l := range listed {
		entries = append(entries, l.Entry)
	}
	return entries, err
}

// setUp plans, applies unless it is only to be shown, and says what was done.
func (a *app) setUp(ctx context.Context, tool setup.Tool, flags changeFlags, again string) error {
	if unfit := a.unbound(tool, flags); unfit != nil {
		return unfit
	}
	if err := a.bindable(ctx, flags); err != nil {
		return err
	}
	e, err := a.setupEnv()
	if err != nil {
		return err
	}
	p, err := a.carryOut(ctx, e, tool, flags)
	if err != nil {
		return err
	}
	undo := undoOf(tool, p, flags, again)
	text := planText(p, flags)
	if undo != "" && !flags.Print {
		text += "\nUndo: " + undo
	}
	return a.emit(result{text: text, value: setupViewOf(p, !p.Empty() && !flags.Print, undo)})
}

// carryOut plans and, unless it is only to be shown, applies.
func (a *app) carryOut(ctx context.Context, e *setup.Env, tool setup.Tool, flags changeFlags) (setup.Plan, error) {
	plan := tool.Plan
	if flags.Undo {
		plan = tool.Undo
	}
	p, err := plan(ctx, e)
	if err != nil {
		return p, err
	}
	if !flags.Print && !p.Empty() {
		if err := e.Apply(ctx, &p); err != nil {
			return p, err
		}
	}
	for _, warning := range p.Warnings {
		a.warn(showWords(warning))
	}
	return p, nil
}

// undoOf is the command that takes a plan back, "" if there is nothing.
func undoOf(tool setup.Tool, p setup.Plan, flags changeFlags, again string) string {
	if p.Empty() || flags.Undo {
		return ""
	}
	return "keyglot setup " + tool.Name() + again + " --undo"
}

// planText says what was changed, or would be.
func planText(p setup.Plan, flags changeFlags) string {
	if p.Empty() {
		if flags.Undo {
			return p.Tool + ": there is nothing of keyglot's to take back."
		}
		return p.Tool + ": nothing to change; " + cmp.Or(p.Idle, "it uses keyglot already") + "."
	}
	changed, made, removed := "Changed", "Made", "Removed"
	if flags.Print {
		changed, made, removed = "Would change", "Would make", "Would remove"
	}
	var lines []string
	for _, edit := range p.Edits {
		lines = append(lines, changed+" "+show(edit.File)+":")
		for _, entry := range edit.Removed {
			lines = append(lines, entryLines("-", entry)...)
		}
		for _, entry := range edit.Added {
			lines = append(lines, entryLines("+", entry)...)
		}
		if len(edit.Removed)+len(edit.Added) == 0 {
			lines = append(lines, "  keyglot's lines were gone already")
		}
	}
	for _, l := range p.Links {
		if l.Remove {
			lines = append(lines, removed+" "+show(l.Path))
		} else {
			lines = append(lines, made+" "+show(l.Path)+" (leads to "+show(filepath.Base(l.Target))+")")
		}
	}
	return strings.Join(lines, "\n")
}

func entryLines(sign string, entry setup.Entry) []string {
	var lines []string
	if entry.Old != nil {
		other := map[string]string{"+": "-", "-": "+"}[sign]
		lines = append(lines, "  "+other+" "+show(entry.Key)+" = "+show(*entry.Old))
	}
	if entry.Reset {
		lines = append(lines, "  "+sign+" "+show(entry.Key)+" =     (drops the helpers before it)")
	}
	return append(lines, "  "+sign+" "+show(entry.Key)+" = "+show(entry.Value))
}

type overviewCommand struct{}

func (overviewCommand) Run(ctx context.Context, a *app) error {
	e, err := a.setupEnv()
	if err != nil {
		return err
	}
	view := toolsView{Schema: "setup.tools/1", Tools: []toolView{}, Sources: []offeredView{}}
	rows := [][]string{{"TOOL", "STATE", "SETTING UP WOULD CHANGE"}}
	var missing []string
	for _, tool := range setup.Tools() {
		program := e.Find(tool)
		if program == "" {
			missing = append(missing, tool.Name())
			continue
		}
		p, err := tool.Plan(ctx, e)
		v := toolView{Tool: tool.Name(), Program: program, State: "not_set_up", Changes: changes(p)}
		state, change := "not set up", strings.Join(v.Changes, ", ")
		switch {
		case err != nil:
			state, change = "cannot be set up", err.Error()
			v.State, v.Changes, v.Error = "error", []string{}, optional(err.Error())
		case p.Empty():
			state, change = "set up", "nothing"
			v.State = "set_up"
		}
		rows = append(rows, []string{tool.Name(), state, showWords(change)})
		view.Tools = append(view.Tools, v)
	}
	if len(missing) > 0 {
		a.detail("not found on PATH: %s", strings.Join(missing, ", "))
	}
	text := "keyglot setup all, or keyglot setup TOOL, does it; --print shows it first,\n--undo takes it back."
	if len(rows) > 1 {
		text = a.table(true, rows) + "\n\n" + text
	}
	offered, err := a.offered(ctx, &view)
	if err != nil {
		return err
	}
	return a.emit(result{text: text + offered, value: view})
}

// changes are the files that a plan would change.
func changes(p setup.Plan) []string {
	files := []string{}
	for _, edit := range p.Edits {
		files = append(files, edit.File)
	}
	for _, l := range p.Links {
		files = append(files, l.Path)
	}
	return files
}
