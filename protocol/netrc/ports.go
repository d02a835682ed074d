package netrc

import (
	"context"
	"errors"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/visible"
)

// How a machine with a port is written (NET-20).
const (
	portsExact = "exact" // as asked, for Go and buf
	portsHost  = "host"  // without the port, for curl, wget and Python, which ignore it
	portsBoth  = "both"  // both, where the second gives the password to no other stored port
)

// line is one entry of the answer.
type line struct {
	machine  string
	login    string
	password helper.Secret
	widened  string    // host:port, where the machine answers for every port
	ends     time.Time // when the password does; zero: not known
}

// machine is the name that the answer's entry has: as asked, but for a path
// that the record does not need.
func (f found) machine(host string) string {
	if f.answer.Target.Path == "" {
		return host
	}
	return host + f.path
}

// login is the user name that readers send with the password.
func (f found) login() string {
	if !f.answer.Sends.Set && f.answer.Kind == helper.Bearer {
		return helper.TokenUser // it has no login of its own (AUTH-35)
	}
	return f.answer.Sends.Name
}

// spell turns answers into the lines that --ports asks for.
func (r run) spell(ctx context.Context, answers []found, mode string) ([]line, error) {
	if r.ports != "" {
		mode = r.ports
	}
	stored := &ports{svc: r.svc}
	var lines []line
	for _, f := range answers {
		more, err := f.spell(ctx, mode, stored)
		if err != nil {
			return nil, err
		}
		lines = append(lines, more...)
	}
	return lines, nil
}

// spell turns an answer into entries for each way its readers look it up.
func (f found) spell(ctx context.Context, mode string, stored *ports) ([]line, error) {
	entry := line{machine: f.machine(f.host), login: f.login(), password: f.answer.Secret, ends: f.answer.Expiry}
	name, port := helper.CutPort(f.target.Host)
	unbracketed := strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	switch {
	case mode == portsHost && port == "" && unbracketed != name:
		entry.machine = f.machine(unbracketed) // "machine ::1"
		return []line{entry}, nil
	case mode == portsExact, port == "", mode == portsBoth && helper.IsLoopback(f.target.Host):
		// Another local user can take another port of a loopback host.
		return []line{entry}, nil
	}
	alone, err := stored.only(ctx, f.target)
	if err != nil {
		return nil, err
	}
	wide := entry
	wide.machine, wide.widened = f.machine(unbracketed), f.target.Host
	switch {
	case mode == portsBoth && alone:
		return []line{entry, wide}, nil
	case mode == portsBoth:
		return []line{entry}, nil
	case !alone:
		return nil, &said{visible.Text(name) + " has other ports stored, and readers of an entry without port would use it there too: use --ports=exact", []error{errWide}}
	}
	return []line{wide}, nil
}

var errWide = errors.New("other ports are stored")

// ports knows on which ports hosts have something stored.
type ports struct {
	svc    helper.Service
	byName map[string][]string // read when first asked for
}

// only reports whether no other port of t's host has anything stored (SEC-26).
func (p *ports) only(ctx context.Context, t helper.Target) (bool, error) {
	if p.byName == nil {
		list, err := p.svc.List(ctx, helper.Query{})
		if err != nil {
			return false, err
		}
		p.byName = map[string][]string{}
		for _, e := range list {
			name, port := hostPort(e.Target)
			p.byName[name] = append(p.byName[name], port)
		}
	}
	name, port := hostPort(t)
	for _, other := range p.byName[name] {
		if other != port {
			return false, nil
		}
	}
	return true, nil
}

// hostPort is a target's host and its port, written or not.
func hostPort(t helper.Target) (name, port string) {
	name, port = helper.CutPort(t.Host)
	if port == "" {
		port = t.Scheme // one name for each default port
	}
	return name, port
}
