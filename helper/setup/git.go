package setup

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"keyglot/helper"
)

// Git is git, and what asks `git credential`: git-lfs, gh, go.
// https://git-scm.com/docs/gitcredentials
type Git struct {
	Host    helper.Target // only this host; zero: all
	Profile string        // pinned; "": the current one
	Only    bool          // git asks no other helper
	Dir     string        // where the link goes; "": beside keyglot
}

// gitProgram is what git looks for when its configuration says "keyglot".
const gitProgram = "git-credential-keyglot"

func (Git) Name() string       { return "git" }
func (Git) Programs() []string { return []string{"git"} }

// byPath are hosts where accounts differ by path, whatever is stored.
var byPath = []string{"https://dev.azure.com"}

// address is the host's part of the key, "" for all.
func (g Git) address() string {
	if g.Host.IsZero() {
		return ""
	}
	return g.Host.Realm().String()
}

func credentialKey(address, name string) string {
	if address == "" {
		return "credential." + name
	}
	return "credential." + address + "." + name
}

// value is the helper line: a command for the shell, so that it runs exactly
// this file whatever its path looks like (SEC-71).
func (g Git) value(e *Env) string {
	value := "!" + helper.Quoted(filepath.ToSlash(e.Program)) + " git"
	if g.Profile != "" {
		value += " --profile " + helper.Quoted(g.Profile)
	}
	if address := g.address(); address != "" {
		value += " --only " + helper.Quoted(address) // SEC-24
	}
	return value
}

// isOwn reports whether a helper line was written by set-up of this keyglot.
func (e *Env) isOwn(value string) bool {
	rest, ok := strings.CutPrefix(value, "!"+helper.Quoted(filepath.ToSlash(e.Program))+" git")
	return ok && (rest == "" || rest[0] == ' ')
}

func (g Git) Plan(ctx context.Context, e *Env) (Plan, error) {
	p := Plan{Tool: g.Name()}
	file, err := globalFile(e)
	if err != nil {
		return p, err
	}
	git, settings, err := g.look(ctx, e)
	if err != nil {
		return p, err
	}
	steps, warnings, err := g.helperSteps(ctx, e, git, settings)
	if err != nil {
		return p, err
	}
	more, others := g.pathSteps(ctx, e, git, settings)
	if err := p.add(file, true, append(steps, more...)...); err != nil {
		return p, err
	}
	p.Warnings = slices.Concat(warnings, others)
	if !g.Only {
		p.Warnings = append(p.Warnings, alsoKept(chain(settings, g.address()))...)
	}
	g.name(e, &p)
	return p, nil
}

// name adds the program name, so that `credential.helper = keyglot` works for
// those who write it by hand. git does not need it: nothing fails for it.
func (g Git) name(e *Env, p *Plan) {
	var q Plan
	q.Tool = p.Tool
	if e.link(&q, gitProgram, g.Dir) == nil {
		p.Links = append(p.Links, q.Links...)
	}
}

// helperSteps are none where git asks keyglot already. A line that set-up wrote
// otherwise, for another profile or from another folder, gives way.
func (g Git) helperSteps(ctx context.Context, e *Env, git *gitConfig, settings []setting) (steps []step, warnings []string, err error) {
	r, err := e.record()
	if err != nil {
		return nil, nil, err
	}
	asked := chain(settings, g.address())
	value, key := g.value(e), credentialKey(g.address(), "helper")
	var dead []step // of lines whose program is gone
	for _, s := range asked {
		if kindOf(s.value) != ownHelper {
			continue
		}
		same := sameKey(s.key, key)
		switch {
		case same && s.value == value && (!g.Only || len(asked) == 1):
			return dead, warnings, nil
		case same && (e.isOwn(s.value) || r.wrote(g.Name(), s.key, s.value)):
			entry := Entry{Scope: g.address(), Key: s.key, Value: s.value}
			steps = append(steps, step{entry: entry, gone: true, sure: true, edit: func(text []byte) ([]byte, error) {
				return git.remove(ctx, text, s.key, s.value)
			}})
			if !e.works(s.value) {
				dead = append(dead, steps[len(steps)-1])
			}
		case !e.works(s.value):
			warnings = append(warnings, fmt.Sprintf("the program of %q is not there (%s); to remove the line: %s", s.value, s.origin, unset(s)))
		case g.Profile == "" && !g.Only: // by hand, or for all hosts
			return dead, warnings, nil
		case same:
			return nil, nil, helper.Advise(fmt.Errorf("git asks keyglot already, by a line that set-up did not write: %s: %w", s.value, helper.ErrDenied), unset(s))
		}
	}
	entry := Entry{Scope: g.address(), Key: key, Value: value, Reset: g.Only}
	return append(steps, step{entry: entry, sure: true, edit: func(text []byte) ([]byte, error) {
		return git.addHelper(ctx, text, g.address(), value, g.Only)
	}}), warnings, nil
}

// alsoKept warns of helpers that keep every password too: git hands what worked
// to all of them (GIT-91).
func alsoKept(asked []setting) []string {
	var list []string
	for _, s := range asked {
		switch kind := kindOf(s.value); {
		case kind == plainKeeper:
			list = append(list, fmt.Sprintf("git also hands every password to %s, which keeps it in plain text (%s); to stop that: %s", described(s.value), s.origin, unset(s)))
		case kind.keeps():
			list = append(list, fmt.Sprintf("git also hands every password to %s (%s); to stop that: %s", described(s.value), s.origin, unset(s)))
		}
	}
	return list
}

// pathSteps make git send the path where accounts differ by it (GIT-92).
func (g Git) pathSteps(ctx context.Context, e *Env, git *gitConfig, settings []setting) (steps []step, warnings []string) {
	addresses := slices.Clone(byPath)
	stored, err := e.Stored(ctx)
	if err != nil {
		warnings = append(warnings, fmt.Sprintf("what is stored cannot be listed (%v): for hosts with a record for a path, run keyglot setup git again", err))
	}
	for _, entry := range stored {
		t := entry.Target
		if t.Path != "" && entry.Origin != "docker" && // docker sends its paths anyway
			(t.Scheme == helper.SchemeHTTPS || t.Scheme == helper.SchemeHTTP) {
			addresses = append(addresses, t.Realm().String())
		}
	}
	slices.Sort(addresses)
	for _, address := range slices.Compact(addresses) {
		if g.address() != "" && g.address() != address {
			continue
		}
		key := credentialKey(address, "useHttpPath")
		i := slices.IndexFunc(settings, func(s setting) bool { return sameKey(s.key, key) || sameKey(s.key, "credential.useHttpPath") })
		if i >= 0 {
			if !isTrue(settings[i].value) {
				warnings = append(warnings, fmt.Sprintf("git sends no path to %s, because %s says so; there a record for a path is not found", address, settings[i].origin))
			}
			continue
		}
		steps = append(steps, step{entry: Entry{Scope: address, Key: key, Value: "true"}, sure: true, edit: func(text []byte) ([]byte, error) {
			return git.append(ctx, text, key, "true")
		}})
	}
	return steps, warnings
}

// isTrue reads a boolean as git does; no value at all is true.
func isTrue(value string) bool {
	switch strings.ToLower(value) {
	case "false", "no", "off", "0":
		return false
	}
	return true
}

func (g Git) Undo(ctx context.Context, e *Env) (Plan, error) {
	p := Plan{Tool: g.Name()}
	git, err := e.git()
	if err != nil {
		return p, err
	}
	file, err := globalFile(e)
	if err != nil {
		return p, err
	}
	own := func(text []byte) ([]Entry, error) {
		settings, err := git.list(ctx, text)
		var list []Entry
		for _, s := range settings {
			if address, ok := part(s.key); ok && e.isOwn(s.value) {
				list = append(list, Entry{Scope: address, Key: s.key, Value: s.value})
			}
		}
		return list, err
	}
	wanted := func(entry Entry) bool { return g.Host.IsZero() || entry.Scope == g.address() }
	err = e.undo(&p, taking{
		tool: p.Tool, file: file, wanted: wanted,
		editor: editor{own: own, remove: func(text []byte, entry Entry) ([]byte, error) { return git.removeEntry(ctx, text, entry) }},
	}, true)
	if err == nil {
		err = e.unlink(&p, wanted)
	}
	return p, err
}
