package setup

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"keyglot/helper"
	"keyglot/helper/format/jsonedit"
)

// Docker is docker and what reads its config.json: crane, oras, buildx, ko,
// cosign. https://docs.docker.com/reference/cli/docker/login/#credential-stores
type Docker struct {
	Hosts []string // in docker's own form: host[:port]; none: all registries
	Force bool     // take the place of another store
	Dir   string   // where the link goes; "": beside keyglot
}

// dockerProgram is what docker looks for: docker-credential- and the name in
// its configuration.
const dockerProgram = "docker-credential-keyglot"

// hubKey is how docker asks for Docker Hub.
const hubKey = "https://index.docker.io/v1/"

func (Docker) Name() string       { return "docker" }
func (Docker) Programs() []string { return []string{"docker", "crane", "oras", "skopeo", "buildctl"} }

func (d Docker) file(e *Env) (string, error) {
	dir, err := e.folder("DOCKER_CONFIG")
	if dir != "" || err != nil {
		return filepath.Join(dir, "config.json"), err
	}
	return e.below(".docker", "config.json")
}

func (d Docker) Plan(_ context.Context, e *Env) (Plan, error) {
	file, err := d.file(e)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Tool: d.Name()}
	if err := e.link(&p, dockerProgram, d.Dir); err != nil {
		return p, err
	}
	return p, d.store(&p, file)
}

// store adds to p the edit that names keyglot in a file of docker's form.
func (d Docker) store(p *Plan, file string) error {
	text, err := readFile(file)
	if err != nil {
		return err
	}
	var steps []step
	paths := [][]string{{"credsStore"}}
	if len(d.Hosts) > 0 {
		paths = nil
		for _, host := range d.Hosts {
			paths = append(paths, []string{"credHelpers", dockerKey(host)})
		}
	}
	for _, path := range paths {
		s, err := d.step(text, path)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		steps = append(steps, s)
	}
	if err := p.add(file, false, steps...); err != nil {
		return err
	}
	if logins := plaintextLogins(file, text); logins != "" {
		p.Warnings = append(p.Warnings, logins+"; to take them over: "+takeOver(file))
	}
	return nil
}

// step makes keyglot the value at path. Another store gives way by force only.
func (d Docker) step(text []byte, path []string) (step, error) {
	entry := Entry{Key: strings.Join(path, "."), Value: "keyglot"}
	if len(path) > 1 {
		entry.Scope = path[1]
	}
	old, found, err := jsonedit.Text(text, path...)
	if err != nil {
		return step{}, err
	}
	if found && old != "keyglot" {
		if !d.Force {
			return step{}, helper.Advise(fmt.Errorf("%s is %q: %w", entry.Key, old, helper.ErrDenied), "--force puts keyglot in its place; --undo brings it back")
		}
		entry.Old = &old
	}
	return step{entry: entry, edit: func(text []byte) ([]byte, error) {
		now, found, err := jsonedit.Text(text, path...)
		if err != nil {
			return nil, err
		}
		if found && now != "keyglot" && (entry.Old == nil || now != *entry.Old) {
			return nil, fmt.Errorf("%s has just been changed by another program: %w", entry.Key, helper.ErrTemporary)
		}
		return jsonedit.Set(text, "keyglot", path...)
	}}, nil
}

func dockerKey(host string) string {
	if host == "docker.io" || host == "index.docker.io" || host == "registry-1.docker.io" {
		return hubKey
	}
	return host
}

// plaintextLogins warns of logins that docker does not look at any more once a
// store is named.
func plaintextLogins(file string, text []byte) string {
	hosts, err := jsonedit.Names(text, "auths")
	if err != nil {
		return ""
	}
	hosts = slices.DeleteFunc(hosts, func(host string) bool {
		_, secret, _ := jsonedit.Text(text, "auths", host, "auth")
		_, token, _ := jsonedit.Text(text, "auths", host, "identitytoken")
		return !secret && !token
	})
	if len(hosts) == 0 {
		return ""
	}
	return fmt.Sprintf("%s holds logins in plain text that are used no more (%s)", file, strings.Join(hosts, ", "))
}

// takeOver is the command that moves the logins of a file of docker's form.
func takeOver(file string) string {
	return "keyglot auth import docker " + word(file) + " --delete-source"
}

func (d Docker) Undo(_ context.Context, e *Env) (Plan, error) {
	file, err := d.file(e)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Tool: d.Name()}
	return p, d.takeBack(&p, e, file)
}

func (d Docker) takeBack(p *Plan, e *Env, file string) error {
	var keys []string
	for _, host := range d.Hosts {
		keys = append(keys, dockerKey(host))
	}
	wanted := func(entry Entry) bool { return len(keys) == 0 || slices.Contains(keys, entry.Scope) }
	err := e.undo(p, taking{tool: p.Tool, file: file, wanted: wanted, editor: editor{dockerOwn, dockerRemove, dockerBare}}, false)
	if err != nil {
		return err
	}
	return e.unlink(p, wanted)
}

// dockerOwn finds what names keyglot.
func dockerOwn(text []byte) ([]Entry, error) {
	var own []Entry
	if store, _, err := jsonedit.Text(text, "credsStore"); err != nil {
		return nil, err
	} else if store == "keyglot" {
		own = append(own, Entry{Key: "credsStore", Value: store})
	}
	hosts, err := jsonedit.Names(text, "credHelpers")
	if err != nil {
		return nil, err
	}
	for _, host := range hosts {
		if name, _, err := jsonedit.Text(text, "credHelpers", host); err == nil && name == "keyglot" {
			own = append(own, Entry{Scope: host, Key: "credHelpers." + host, Value: name})
		}
	}
	return own, nil
}

func dockerRemove(text []byte, entry Entry) ([]byte, error) {
	path := []string{"credsStore"}
	if entry.Scope != "" {
		path = []string{"credHelpers", entry.Scope}
	}
	value, found, err := jsonedit.Text(text, path...)
	if err != nil || !found || value != entry.Value {
		return text, err
	}
	if entry.Old != nil {
		return jsonedit.Set(text, *entry.Old, path...)
	}
	if text, err = jsonedit.Remove(text, path...); err != nil || len(path) == 1 {
		return text, err
	}
	if left, err := jsonedit.Names(text, path[0]); err != nil || len(left) > 0 {
		return text, err
	}
	return jsonedit.Remove(text, path[0])
}

func dockerBare(text []byte) bool {
	names, err := jsonedit.Names(text)
	return err == nil && len(names) == 0
}

func (d Docker) Uses(_ context.Context, e *Env) bool {
	file, err := d.file(e)
	return err == nil && namesKeyglot(file)
}

// namesKeyglot reports whether a file of docker's form does.
func namesKeyglot(file string) bool {
	text, err := readFile(file)
	if err != nil {
		return true // for Check to say what is wrong with it
	}
	own, err := dockerOwn(text)
	return err != nil || len(own) > 0
}
