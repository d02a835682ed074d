package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"keyglot/helper"
)

// Link is a program name that a tool looks for, leading to keyglot.
type Link struct {
	Path   string `json:"path"`
	Target string `json:"target"`
	Remove bool   `json:"-"`
	stale  bool   // a copy of an older keyglot, which set-up made
}

// link adds to p the link called name in dir, or beside keyglot. Nothing is
// ever written over a file that is not ours (SEC-73).
func (e *Env) link(p *Plan, name, dir string) error {
	if path, _ := e.lookPath(name); path != "" && e.isKeyglot(path) {
		return nil
	}
	dir, err := e.linkDir(dir)
	if err != nil {
		return err
	}
	l := Link{Path: filepath.Join(dir, name+exe), Target: e.Program}
	_, err = os.Lstat(l.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case e.isKeyglot(l.Path):
		e.shadow(p, name, dir)
		return nil
	default:
		r, err := e.record()
		if err != nil {
			return err
		}
		l.stale = slices.ContainsFunc(r.Links, func(other Link) bool { return other.Path == l.Path })
		if !l.stale {
			return helper.Advise(fmt.Errorf("%s is there and is not this keyglot: %w", l.Path, helper.ErrDenied), "name another folder with --dir, or move it away")
		}
	}
	if !owned(dir) {
		return helper.Advise(fmt.Errorf("%s is not a folder of yours alone: %w", dir, helper.ErrDenied), "make the link there as its owner, or name a folder of yours on PATH with --dir")
	}
	p.Links = append(p.Links, l)
	e.shadow(p, name, dir)
	return nil
}

// replace is the command that makes a program name lead to keyglot where path,
// which is another's, has it now. again sets up the tool, which writes over
// nothing but what set-up made.
func (e *Env) replace(path, again string) string {
	dir, own := filepath.Dir(path), filepath.Dir(e.Program)
	if r, err := e.record(); err == nil && slices.ContainsFunc(r.Links, func(l Link) bool { return l.Path == path }) && dir == own {
		return again
	}
	switch {
	case owned(dir):
		return moveLine(path) + again
	case dir == own:
		return "sudo mv -n " + word(path) + " " + word(path+".old") + " && sudo ln -s " + word(filepath.Base(e.Program)) + " " + word(path)
	}
	return again + "; " + e.pathLine(own)
}

// linkDir is the folder that a person named, in full; a shell leaves --dir=~/bin
// as it is. None is that of keyglot.
func (e *Env) linkDir(dir string) (string, error) {
	if dir == "" {
		return filepath.Dir(e.Program), nil
	}
	if rest, ok := strings.CutPrefix(dir, "~/"); ok && e.Home != "" {
		return filepath.Join(e.Home, rest), nil
	}
	return filepath.Abs(dir)
}

// shadow warns if a tool would not find the link.
func (e *Env) shadow(p *Plan, name, dir string) {
	path, _ := e.lookPath(name)
	switch {
	case !e.onPath(dir):
		p.Warnings = append(p.Warnings, fmt.Sprintf("%s is not on PATH, so %s is not found there; to mend: %s", dir, name, e.pathLine(dir)))
	case path != "" && path != filepath.Join(dir, name+exe):
		p.Warnings = append(p.Warnings, fmt.Sprintf("%s comes first on PATH and is not this keyglot; to put this one before it: %s", path, e.pathLine(dir)))
	}
}

// programOf is the program name that a tool looks for.
func programOf(tool string) string {
	switch tool {
	case Git{}.Name():
		return gitProgram
	case Netrc{}.Name():
		return netrcProgram
	}
	return dockerProgram
}

// unlink adds to p the removal of the link that set-up made for the tool,
// unless something stays that needs it: what wanted does not accept, or another
// tool.
func (e *Env) unlink(p *Plan, wanted func(Entry) bool) error {
	r, err := e.record()
	if err != nil {
		return err
	}
	name := programOf(p.Tool)
	for _, a := range r.Applied {
		stays := a.Tool != p.Tool || slices.ContainsFunc(a.Entries, func(entry Entry) bool { return !wanted(entry) })
		if programOf(a.Tool) == name && stays {
			return nil
		}
	}
	for _, l := range r.Links {
		if filepath.Base(l.Path) == name+exe && e.ours(l) {
			l.Remove = true
			p.Links = append(p.Links, l)
		}
	}
	return nil
}

// ours reports whether what set-up made is still what is there.
func (e *Env) ours(l Link) bool {
	if target, err := os.Readlink(l.Path); err == nil {
		return target == l.Target || target == filepath.Base(l.Target)
	}
	info, err := os.Lstat(l.Path)
	return err == nil && info.Mode().IsRegular() && (e.isKeyglot(l.Path) || isCopy)
}

// applyLink makes a link, which is remembered first, or takes one away.
func (e *Env) applyLink(l Link) error {
	if !l.Remove {
		if err := e.rememberLink(l); err != nil {
			return err
		}
		return l.apply()
	}
	if err := l.apply(); err != nil {
		return err
	}
	return e.rememberLink(l)
}

func (l Link) apply() error {
	if l.Remove || l.stale {
		if err := os.Remove(l.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if l.Remove {
		return nil
	}
	return makeLink(l.Target, l.Path)
}
