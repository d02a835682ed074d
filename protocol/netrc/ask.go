package netrc

import (
	"context"
	"errors"
	"strings"

	"keyglot/helper"
	format "keyglot/helper/format/netrc"
)

// asked is one machine that a call is about.
type asked struct {
	host    string          // as asked, for the answer: host, host:port or an IPv6 address
	path    string          // as asked, with the slash that begins it; "" if none
	targets []helper.Target // what it may mean, in the order they are asked; none: it can match nothing
	user    helper.User
	secret  helper.Secret // erase: only what holds it
}

// name is how messages call it.
func (q asked) name() string { return q.host + q.path }

// carried are the kinds that a netrc can hold (NET-21).
func carried() []helper.Kind { return []helper.Kind{helper.Basic, helper.Bearer} }

// readMachine reads host, host:port, [v6]:port, a bare IPv6 address, each with
// a path, or an http or https address, as netrc text has them. scheme stands in
// for one that is not written; without it both are meant, https first.
func readMachine(text, scheme string) (asked, error) {
	a, err := helper.SplitAddress(format.Bracketed(text))
	if err != nil || a.Host == "" {
		return asked{}, format.ErrTarget
	}
	q := asked{host: a.Host, path: strings.TrimRight(a.Path, "/")}
	if q.path == "" && format.Bracketed(text) != text {
		q.host = text
	}
	if a.Scheme != "" {
		scheme = a.Scheme
	}
	if a.HasUser {
		name, err := helper.Unescape(a.User)
		if err != nil {
			return asked{}, format.ErrTarget
		}
		q.user = helper.Named(name)
	}
	if !helper.IsASCII(a.Host) {
		return q, nil // its client may connect elsewhere than keyglot believes: no match (SEC-12)
	}
	schemes := []string{scheme}
	if scheme == "" {
		schemes = []string{helper.SchemeHTTPS, helper.SchemeHTTP}
	}
	for _, scheme := range schemes {
		t, err := a.Target(scheme)
		if err != nil {
			return asked{}, format.ErrTarget
		}
		if scheme == helper.SchemeHTTPS || scheme == helper.SchemeHTTP {
			q.targets = append(q.targets, t)
		}
	}
	return q, nil
}

// written is readMachine for netrc text, where a machine names no account.
func written(text, scheme string) (asked, error) {
	q, err := readMachine(text, scheme)
	if err == nil && q.user.Set {
		err = format.ErrTarget
	}
	return q, err
}

// arguments reads the HOST words of a command line.
func (r run) arguments(verb string) ([]asked, error) {
	var list []asked
	for _, word := range r.words {
		q, err := readMachine(word, "")
		if err != nil {
			return nil, r.misused(verb + ": HOST is a host, host:port or URL")
		}
		list = append(list, q)
	}
	return list, nil
}

// found is a credential for a machine that was asked for.
type found struct {
	asked
	target helper.Target // the one of asked.targets that was answered
	answer helper.Answer
}

// misses are the machines without an answer, sorted by why.
type misses struct {
	unknown   []string // nothing stored
	several   []string // several accounts, none is current
	loggedOut []string // the login or token has expired
}

// lookUp asks for every machine. A store that does not answer is the error,
// whatever was found before (NET-23).
func (r run) lookUp(ctx context.Context, list []asked) ([]found, misses, error) {
	var answers []found
	var m misses
	for _, q := range list {
		f, err := r.first(ctx, q)
		switch {
		case err == nil:
			answers = append(answers, f)
		case errors.Is(err, helper.ErrNotFound):
			m.unknown = append(m.unknown, q.name())
		case errors.Is(err, helper.ErrAmbiguous):
			m.several = append(m.several, q.name())
		case errors.Is(err, helper.ErrLoginRequired):
			m.loggedOut = append(m.loggedOut, q.name())
		default:
			return nil, misses{}, err
		}
	}
	return answers, m, nil
}

// first asks for the targets of one machine until one is answered.
func (r run) first(ctx context.Context, q asked) (found, error) {
	for _, t := range q.targets {
		answer, err := r.svc.Get(ctx, helper.Query{Target: t, User: q.user, Kinds: carried()})
		if !errors.Is(err, helper.ErrNotFound) {
			return found{q, t, answer}, err
		}
	}
	return found{}, helper.ErrNotFound
}

// err says why machines have no answer, in one line; nil if all have one.
func (m misses) err() error {
	e := new(said)
	add := func(list []string, about string, cause error) {
		if len(list) == 0 {
			return
		}
		if e.text != "" {
			e.text += "; "
		}
		e.text += about + " " + names(list)
		e.cause = append(e.cause, cause)
	}
	add(m.unknown, "no entry for", helper.ErrNotFound)
	add(m.several, "several accounts and none is current for", helper.ErrAmbiguous)
	add(m.loggedOut, "login required for", helper.ErrLoginRequired)
	if e.text == "" {
		return nil
	}
	return e
}
