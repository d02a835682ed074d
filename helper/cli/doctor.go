package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"keyglot/helper"
	"keyglot/helper/setup"
)

type doctorCommand struct {
	Tool   string `arg:"" optional:"" help:"Only this tool: git, docker, podman, helm, netrc."`
	Repair bool   `help:"First move damaged files of the store out of the way; nothing is deleted."`
	Forget string `placeholder:"STORE" help:"First give up this store, which is gone for good: it is asked no more, and nothing in it is removed."`
}

// Help is the text below the flags.
func (doctorCommand) Help() string {
	return `It looks at the store and at each tool as that tool looks for keyglot, and names the command that mends what is wrong. Without --repair and --forget it changes nothing; whether a store can be written it tries with a file that it takes away again. Its text holds no secret. The exit code is 1 if there is a problem.`
}

// section is one part of the report.
type section struct {
	title string
	found []setup.Finding
}

func (c *doctorCommand) Run(ctx context.Context, a *app) error {
	tools := setup.Tools()
	if c.Tool != "" {
		i := slices.IndexFunc(tools, func(t setup.Tool) bool { return t.Name() == c.Tool })
		if i < 0 {
			return &fault{Reason: "unknown_tool", Message: "there is no tool of that name", Advice: "known here: " + toolNames(tools)}
		}
		tools = tools[i : i+1]
	}
	e, err := a.setupEnv()
	if err != nil {
		return err
	}
	sections := []section{{"keyglot " + version(), e.CheckPrograms()}}
	if c.Repair {
		sections = append(sections, section{"repair", a.repair(ctx)})
	}
	if c.Forget != "" {
		found, err := a.forget(ctx, c.Forget)
		if err != nil {
			return err
		}
		sections = append(sections, section{"forget", found})
	}
	sections = append(sections, section{"store", a.checkStore(ctx)})
	if found := a.checkSources(ctx); c.Tool == "" && len(found) > 0 {
		sections = append(sections, section{"what other tools keep", found})
	}
	for _, t := range tools {
		sections = append(sections, a.checkTool(ctx, e, t, c.Tool != ""))
	}
	view := doctorView{Schema: "doctor/1", Sections: []sectionView{}}
	var text []string
	for _, s := range sections {
		view.Problems += s.problems()
		view.Sections = append(view.Sections, sectionViewOf(s))
		text = append(text, s.text(a.Terminal(1)))
	}
	view.OK = view.Problems == 0
	end := "No problem found."
	if !view.OK {
		end = plural(view.Problems, "problem") + " found."
	}
	err = a.emit(result{text: strings.Join(append(text, end), "\n"), value: view})
	if err == nil && !view.OK {
		err = &helper.Exit{Code: 1}
	}
	return err
}

func toolNames(tools []setup.Tool) string {
	var list []string
	for _, t := range tools {
		list = append(list, t.Name())
	}
	return strings.Join(list, ", ")
}

func (s section) problems() (n int) {
	for _, f := range s.found {
		if f.Problem {
			n++
		}
	}
	return n
}

// text is the section as people read it: in 80 columns on a terminal, each
// finding on one line for grep and its kin. What is to be copied is never cut.
func (s section) text(terminal bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", show(s.title))
	for _, f := range s.found {
		mark := verdict(f)
		if f.Note {
			mark = "-"
		}
		text := showWords(f.Text)
		if terminal {
			text = wrap(text, 11)
		}
		fmt.Fprintf(&b, "  %-8s %s\n", mark, text)
		if f.Fix != "" {
			label := ""
			if f.Problem {
				label = "to mend:"
			}
			fmt.Fprintf(&b, "  %-8s %s\n", label, showWords(f.Fix))
		}
	}
	return b.String()
}

// checkTool looks at one tool. One that is not there is a problem only if it was
// asked for, and one that does not use keyglot if it was set up as well.
func (a *app) checkTool(ctx context.Context, e *setup.Env, t setup.Tool, asked bool) section {
	path := e.Find(t)
	s := section{title: t.Name()}
	switch {
	case path == "" && !asked:
		s.found = []setup.Finding{{Note: true, Text: "not on this machine"}}
	case path == "":
		s.found = []setup.Finding{{Problem: true, Text: "not on PATH: " + strings.Join(t.Programs(), ", "), Fix: "install it, or add its folder to PATH"}}
	case !asked && !t.Uses(ctx, e) && e.Remembers(t):
		s.found = []setup.Finding{{Problem: true, Text: "was set up, but its own files no longer name keyglot; to leave it so: keyglot setup " + t.Name() + " --undo", Fix: "keyglot setup " + t.Name()}}
	case !asked && !t.Uses(ctx, e):
		s.found = []setup.Finding{{Note: true, Text: "does not use keyglot; keyglot setup " + t.Name() + " makes it"}}
	default:
		s.title += " (" + path + ")"
		s.found = t.Check(ctx, e)
	}
	return s
}

// checkStore says which store is in force, why those before it were passed
// over (STO-31), what protects it (STO-45), and whether it can be read.
func (a *app) checkStore(ctx context.Context) []setup.Finding {
	s, err := a.settings()
	if err != nil {
		return []setup.Finding{problem(err)}
	}
	h, err := a.helper(ctx)
	var found []setup.Finding
	if s.file != "" {
		found = setup.CheckRules(s.file)
	}
	for _, p := range s.passed {
		found = append(found, setup.Finding{Note: true, Text: p.name + " was passed over: " + p.why()})
	}
	if err != nil {
		return append(found, problem(err))
	}
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	state, ailing := inForce(bounded, h.Places[0]), append(a.unwritable(bounded, h), ailments(bounded, h)...)
	h.Sources = nil // they have a section of their own
	listed, err := h.List(bounded, helper.Query{})
	if err != nil { // it says more than the state, which is then the same problem
		state = slices.DeleteFunc(state, func(f setup.Finding) bool { return f.Problem })
		return slices.Concat(found, state, ailing, unlisted(h, err))
	}
	found = slices.Concat(found, state, ailing, silent(h.Policy, listed))
	return append(found, setup.Finding{Text: plural(len(listed), "record") + " can be listed"})
}

// inForce describes the chosen store.
func inForce(ctx context.Context, place helper.Place) []setup.Finding {
	store, err := place.Open(ctx, place.Env)
	if err != nil {
		return []setup.Finding{problem(&helper.StoreError{Store: place.Name, Op: "open", Err: err})}
	}
	c, ok := store.(helper.Custodian)
	if !ok {
		return []setup.Finding{{Text: place.Name + " is in force"}}
	}
	custody := c.Custody(ctx)
	found := []setup.Finding{{Text: place.Name + " is in force, in " + custody.Location}, {Note: true, Text: custody.Protects}}
	switch custody.State {
	case "ok":
	case "locked":
		fix := unlockAdvice
		if _, ours := store.(helper.Unlocker); ours {
			fix = "keyglot auth unlock"
		}
		found = append(found, setup.Finding{Problem: true, Text: place.Name + " is locked", Fix: fix})
	default:
		found = append(found, setup.Finding{Problem: true, Text: place.Name + " cannot be used: " + custody.State, Fix: "keyglot auth status"})
	}
	return found
}

// problem is an error with the command that mends it.
func problem(err error) setup.Finding {
	fix := advice(err)
	if fix == "" && errors.Is(err, helper.ErrLocked) {
		fix = unlockAdvice
	}
	return setup.Finding{Problem: true, Text: err.Error(), Fix: fix}
}
