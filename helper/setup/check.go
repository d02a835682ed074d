package setup

import (
	"context"
	"fmt"
	"strings"
	"time"

	"keyglot/helper/child"
)

// Finding is one thing that doctor saw. Its texts hold no secret; they may hold
// text from outside, which must be made visible before it is shown.
type Finding struct {
	Problem bool
	Text    string
	Fix     string // the command that mends it, if Problem
}

func good(format string, args ...any) Finding { return Finding{Text: fmt.Sprintf(format, args...)} }

func bad(fix, format string, args ...any) Finding {
	return Finding{Problem: true, Text: fmt.Sprintf(format, args...), Fix: fix}
}

// limit is how long a helper may take: its callers have no limit of their own.
const limit = 8 * time.Second

// dryHost is one that nobody has: RFC 2606, section 2.
const dryHost = "keyglot-doctor.invalid"

// dry asks a helper program for a host that nobody has, as its callers do, and
// says how long the answer took.
func dry(ctx context.Context, e *Env, path string, args []string, question, nothing string, code int) Finding {
	bounded, cancel := context.WithTimeout(ctx, limit+time.Second)
	defer cancel()
	began := time.Now()
	shown := strings.Join(append([]string{path}, args...), " ")
	result, err := child.Run(bounded, child.Command{
		Path: path, Args: args, Env: e.Environ, Stdin: []byte(question), Limit: 1 << 16,
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
		return "", []Finding{bad(fix, "%s is not this keyglot, but comes first on PATH", path)}
	}
	found = append(found, good("%s is the one that is found on PATH", path))
	if groupWritable(dir) {
		found = append(found, bad("chmod g-w "+word(dir), "the group may replace programs in %s", dir))
	}
	return path, found
}
