package setup

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"keyglot/helper"
	"keyglot/helper/child"
)

func (g Git) Uses(ctx context.Context, e *Env) bool {
	_, settings, err := g.look(ctx, e)
	return err == nil && slices.ContainsFunc(settings, func(s setting) bool {
		_, ok := part(s.key)
		return ok && kindOf(s.value) == ownHelper
	})
}

// look reads what git reads.
func (g Git) look(ctx context.Context, e *Env) (*gitConfig, []setting, error) {
	git, err := e.git()
	if err != nil {
		return nil, nil, err
	}
	file, err := globalFile(e)
	if err != nil {
		return nil, nil, err
	}
	settings, err := git.effective(ctx, e, file)
	if err != nil {
		err = fmt.Errorf("git's configuration: %w", err)
	}
	return git, settings, err
}

func (g Git) Check(ctx context.Context, e *Env) []Finding {
	git, settings, err := g.look(ctx, e)
	if err != nil {
		return []Finding{bad("git config --global --list", "%v", err)}
	}
	found := checkChain(settings)
	for _, address := range ownAddresses(settings) {
		found = append(found, e.checkHost(ctx, settings, address)...)
	}
	for _, s := range settings {
		if _, ok := part(s.key); ok && kindOf(s.value) == ownHelper {
			found = append(found, e.checkLine(ctx, s)...)
		}
	}
	steps, _ := g.pathSteps(ctx, e, git, settings) // a store that cannot be listed is the store's problem
	for _, s := range steps {
		if !slices.Contains(byPath, s.entry.Scope) {
			found = append(found, bad("keyglot setup git", "git sends no path to %s, so the record for a path there is not found", s.entry.Scope))
		}
	}
	for _, name := range []string{"GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS"} {
		if e.Getenv(name) != "" {
			found = append(found, bad("unset "+name, "%s is set: git may ask others than these", name))
		}
	}
	return found
}

// checkChain shows whom git asks, in order, for hosts without lines of their
// own. A line for one host alone is as good.
func checkChain(settings []setting) []Finding {
	asked := chain(settings, "")
	var found []Finding
	own := -1
	for i, s := range asked {
		if kindOf(s.value) == ownHelper && own < 0 {
			own = i
		}
		found = append(found, note("git asks %d: %s (%s)", i+1, described(s.value), s.origin))
	}
	if own < 0 {
		switch address, any := ownLine(settings); {
		case !any, len(asked) > 0 && address == "":
			return append(found, bad("keyglot setup git", "git does not ask keyglot"))
		case address == "":
			return append(found, bad("keyglot setup git", "git does not ask keyglot: a line without value behind its own drops it"))
		}
		return found
	}
	for _, s := range asked[:own] {
		if kindOf(s.value).makes() {
			found = append(found, bad(unset(s), "%s answers before keyglot is asked", described(s.value)))
		}
	}
	for _, s := range asked {
		if kindOf(s.value).keeps() {
			how := ""
			if kindOf(s.value) == plainKeeper {
				how = ", which keeps it in plain text"
			}
			found = append(found, bad(unset(s), "git also hands every password to %s%s", described(s.value), how))
		}
	}
	return found
}

// described is a helper line without what may be a secret: people write shell
// code with a password in it there (SEC-63).
func described(value string) string {
	first, rest, ok := firstWord(strings.TrimLeft(strings.TrimPrefix(value, "!"), " \t"))
	switch kind := kindOf(value); {
	case kind == ownHelper:
		return value
	case !ok, kind == otherHelper && strings.HasPrefix(value, "!"):
		return "a shell command"
	case rest != "":
		return first + " ..."
	}
	return first
}

// unset is the command that removes a line. Of a line with options it says
// only how it begins.
func unset(s setting) string {
	pattern := literally(s.value) + "$"
	if _, rest, ok := firstWord(s.value); kindOf(s.value) != ownHelper && (rest != "" || !ok) {
		pattern = literally(strings.TrimSuffix(s.value, rest))
		if !ok {
			pattern = "!"
		}
	}
	return strings.Join([]string{"git config --file", word(s.origin), "--unset-all", word(s.key), helper.Quoted("^" + pattern)}, " ")
}

// command returns the program that a helper line names, and its words. ok is
// false where it takes a shell to know.
func (e *Env) command(value string) (path string, args []string, ok bool) {
	rest := strings.TrimPrefix(value, "!")
	for rest != "" {
		var first string
		if first, rest, ok = firstWord(rest); !ok {
			return "", nil, false
		}
		args = append(args, first)
	}
	if len(args) == 0 {
		return "", nil, false
	}
	path, args = filepath.FromSlash(args[0]), args[1:]
	if !filepath.IsAbs(path) {
		if !strings.HasPrefix(value, "!") {
			path = "git-credential-" + path
		}
		path, _ = e.lookPath(path)
	}
	return path, args, true
}

// works reports whether the program of a helper line is there.
func (e *Env) works(value string) bool {
	path, _, ok := e.command(value)
	if !ok || path == "" {
		return false
	}
	_, err := os.Stat(path)
	return err == nil
}

// checkLine runs what a line of keyglot's names, as git does.
func (e *Env) checkLine(ctx context.Context, s setting) []Finding {
	path, args, ok := e.command(s.value)
	switch {
	case !ok || !e.works(s.value):
		return []Finding{bad(e.again(s), "the program of %q is not there", s.value)}
	case !e.isKeyglot(path):
		return []Finding{bad(e.again(s), "%s is not this keyglot but another one", path)}
	}
	if _, err := child.Find(filepath.Base(path), filepath.Dir(path)); err != nil {
		return []Finding{bad("move keyglot to a folder of yours", "%v", err)}
	}
	found := e.checkFolder(filepath.Dir(path))
	return append(found, dry(ctx, e, path, append(args, "get"), "protocol=https\nhost="+dryHost+"\n\n", "", 0))
}
