package setup

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"keyglot/helper/child"
)

// Finding is one thing that doctor saw. Its texts hold no secret; they may hold
// text from outside, which must be made visible before it is shown.
type Finding struct {
	Problem bool
	Note    bool // neither well nor a problem
	Text    string
	Fix     string // the command that mends it; of a Note, the line that it speaks of
}

func good(format string, args ...any) Finding { return Finding{Text: fmt.Sprintf(format, args...)} }

func note(format string, args ...any) Finding {
	return Finding{Note: true, Text: fmt.Sprintf(format, args...)}
}

func bad(fix, format string, args ...any) Finding {
	return Finding{Problem: true, Text: fmt.Sprintf(format, args...), Fix: fix}
}

// limit is how long a helper may take by itself.
const limit = 8 * time.Second

// dryHost is one that nobody has: RFC 2606, section 2.
const dryHost = "keyglot-doctor.invalid"

// dry asks a helper program for a host that nobody has, as its callers do, and
// says how long the answer took.
func dry(ctx context.Context, e *Env, path string, args []string, question, nothing string, code int) Finding {
	limit := cmp.Or(e.Limit, limit)
	bounded, cancel := context.WithTimeout(ctx, limit+time.Second)
	defer cancel()
	began := time.Now()
	shown := strings.Join(append([]string{path}, args...), " ")
	result, err := child.Run(bounded, child.Command{
		Path: path, Args: args, Env: child.Clean(e.Environ), Stdin: []byte(question), Limit: 1 << 16,
	})
	took := time.Since(began)
	switch {
	case err != nil && took > limit:
		return bad("keyglot auth status", "%s did not answer within %v", shown, limit)
	case err != nil:
		return bad("keyglot auth status", "%s cannot be run: %v", shown, err)
	case result.Code != code || strings.TrimSpace(string(result.Stdout)) != nothing:
		line, _, _ := strings.Cut(strings.TrimSpace(string(result.Stderr)+string(result.Stdout)), "\n")
		return bad("keyglot auth status", "%s cannot answer: %s", shown, line)
	}
	return good("%s answers in %d ms", shown, took.Milliseconds())
}

// checkLink looks for a helper program as its callers do.
func (e *Env) checkLink(name string, fix string) (path string, found []Finding) {
	path, dir := e.lookPath(name)
	switch {
	case path == "":
		return "", []Finding{bad(fix, "%s is not on PATH", name)}
	case !e.isKeyglot(path):
		return "", []Finding{bad(e.replace(path, fix), "%s is not this keyglot, but comes first on PATH", path)}
	}
	found = append(found, good("%s is the one that is found on PATH", path))
	return path, append(found, e.checkFolder(dir)...)
}

// checkFolder judges a folder of programs by who else may write there (SEC-71).
func (e *Env) checkFolder(dir string) []Finding {
	if child.GroupWrites(dir) {
		return []Finding{bad("chmod g-w "+word(dir), "the group may replace programs in %s", dir)}
	}
	return nil
}

// CheckRules looks at who else may write to the file that says what is denied:
// others never, or it is not read, but its group may.
func CheckRules(file string) []Finding {
	var found []Finding
	for _, path := range []string{filepath.Dir(file), file} {
		if child.GroupWrites(path) {
			f := note("the group may change or remove %s; for a group of yours alone that is well, else:", file)
			f.Fix = "chmod g-w " + word(path)
			found = append(found, f)
		}
	}
	return found
}

// CheckPrograms looks at keyglot itself and its program names.
func (e *Env) CheckPrograms() []Finding {
	found := []Finding{good("keyglot is %s", e.Program)}
	found = append(found, e.checkFolder(filepath.Dir(e.Program))...)
	if path, _ := e.lookPath("keyglot"); path == "" {
		found = append(found, bad(e.pathLine(filepath.Dir(e.Program)), "%s is not on PATH", filepath.Dir(e.Program)))
	} else if !e.isKeyglot(path) {
		found = append(found, bad(e.pathLine(filepath.Dir(e.Program)), "%s is another keyglot and comes first on PATH", path))
	}
	for _, t := range []Tool{Git{}, Docker{}, Netrc{}} {
		name := programOf(t.Name())
		path := filepath.Join(filepath.Dir(e.Program), name+exe)
		if _, err := os.Lstat(path); err == nil && !e.isKeyglot(path) {
			found = append(found, bad(e.replace(path, "keyglot setup "+t.Name()), "%s is not this keyglot: an older copy, or another program", path))
		}
	}
	return found
}
