package setup

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/netrc"
)

// Netrc is what speaks netrc text with a program, netrc-credential-keyglot. The
// file ~/.netrc is not changed: keyglot exec --netrc hands its text out.
type Netrc struct {
	Dir string // where the link goes; "": beside keyglot
}

const netrcProgram = "netrc-credential-keyglot"

func (Netrc) Name() string       { return "netrc" }
func (Netrc) Programs() []string { return []string{"curl", "wget", "wget2", "ftp"} }

func (n Netrc) Plan(_ context.Context, e *Env) (Plan, error) {
	p := Plan{Tool: n.Name(), Idle: "curl, wget and their kin ask nobody: keyglot exec --netrc --host HOST -- COMMAND hands them a netrc"}
	return p, e.link(&p, netrcProgram, n.Dir)
}

func (n Netrc) Undo(_ context.Context, e *Env) (Plan, error) {
	p := Plan{Tool: n.Name()}
	return p, e.unlink(&p, func(Entry) bool { return true })
}

// Uses is always so: there is nothing to configure.
func (n Netrc) Uses(context.Context, *Env) bool { return true }

// Check tells what readers trip over in the netrc that is in force (NET-46).
func (n Netrc) Check(_ context.Context, e *Env) []Finding {
	var found []Finding
	if path, _ := e.lookPath(netrcProgram); path != "" && !e.isKeyglot(path) {
		found = append(found, bad(e.replace(path, "keyglot setup netrc"), "%s is not this keyglot, but comes first on PATH", path))
	}
	file, err := e.netrc()
	if err != nil {
		return append(found, bad(cmp.Or(helper.Advice(err), "unset NETRC"), "%v", err))
	}
	text, err := atomicfile.Read(file, atomicfile.Foreign, atomicfile.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return append(found, note("there is no %s", file))
	}
	if err != nil {
		return append(found, bad(fixOf(err), "%v", err))
	}
	parsed := netrc.Parse(text)
	found = append(found, note("%s is a plain text file that tools read by themselves; keyglot does not change it", file))
	if _, err := atomicfile.Read(file, atomicfile.ForeignPrivate, atomicfile.MaxSize); err != nil {
		found = append(found, bad(fixOf(err), "%v", err))
	}
	for _, f := range parsed.Lint() {
		found = append(found, bad("edit "+word(file), "%s: line %d: %s", file, f.Line, f.Text))
	}
	return found
}

// netrc is the file that most readers look at: $NETRC, else ~/.netrc.
func (e *Env) netrc() (string, error) {
	if file, err := e.folder("NETRC"); file != "" || err != nil {
		return file, err
	}
	return e.below(netrcName)
}

// fixOf is the command that mends a file that was refused.
func fixOf(err error) string {
	if refused, ok := errors.AsType[*atomicfile.Refused](err); ok && refused.Fix != "" {
		return refused.Fix
	}
	if errors.Is(err, os.ErrPermission) {
		return "make it yours"
	}
	return helper.Advice(err)
}
