package setup

import (
	"cmp"
	"context"
	"strings"

	"keyglot/helper"
	"keyglot/helper/format/jsonedit"
)

func (d Docker) Check(ctx context.Context, e *Env) []Finding {
	file, err := d.file(e)
	if err != nil {
		return []Finding{bad(cmp.Or(helper.Advice(err), "unset DOCKER_CONFIG"), "%v", err)}
	}
	found := checkStore(file, "keyglot setup docker")
	found = append(found, e.checkSingle(ctx, file)...)
	if file := e.Getenv("DOCKER_AUTH_CONFIG"); file != "" {
		found = append(found, bad("unset DOCKER_AUTH_CONFIG", "DOCKER_AUTH_CONFIG is set: docker reads logins from it first"))
	}
	return append(found, checkDockerHelper(ctx, e, "keyglot setup docker")...)
}

// checkStore looks whether a file of docker's form names keyglot.
func checkStore(file, fix string) []Finding {
	text, err := readFile(file)
	if err != nil {
		return []Finding{bad(fixOf(err), "%v", err)}
	}
	own, err := dockerOwn(text)
	switch {
	case err != nil:
		return []Finding{bad("mend "+word(file)+" by hand", "%s: %v", file, err)}
	case len(own) == 0:
		return []Finding{bad(fix, "%s does not name keyglot", file)}
	}
	found := []Finding{}
	for _, entry := range own {
		found = append(found, good("%s: %s is keyglot", file, entry.Key))
	}
	if logins := plaintextLogins(file, text); logins != "" {
		found = append(found, bad(takeOver(file), "%s", logins))
	}
	return found
}

func checkDockerHelper(ctx context.Context, e *Env, fix string) []Finding {
	path, found := e.checkLink(dockerProgram, fix)
	if path == "" {
		return found
	}
	return append(found, dry(ctx, e, path, []string{"get"}, dryHost, "credentials not found in native keychain", 1))
}

// checkSingle looks at the registries that have a helper of their own, which
// docker asks and not its store. It is a problem if that helper is not there, or
// if keyglot has something for the registry.
func (e *Env) checkSingle(ctx context.Context, file string) []Finding {
	text, err := readFile(file)
	if err != nil {
		return nil
	}
	hosts, err := jsonedit.Names(text, "credHelpers")
	if err != nil {
		return nil
	}
	var found []Finding
	for _, host := range hosts {
		name, ok, err := jsonedit.Text(text, "credHelpers", host)
		if err != nil || !ok || name == "keyglot" {
			continue
		}
		program := helperProgram(name)
		path, _ := e.lookPath(program)
		fix := "keyglot setup docker " + word(host) + " --force"
		switch {
		case name != "" && path == "":
			found = append(found, bad(fix, "docker asks %s for %s, which is not on PATH", program, host))
		case e.has(ctx, registry(host)):
			found = append(found, bad(fix, "docker asks %s for %s, and not keyglot, which has something for it", program, host))
		default:
			found = append(found, note("docker asks %s for %s, and not keyglot", program, host))
		}
	}
	return found
}

// helperProgram is the program of a name in docker's configuration, as far as
// it is one.
func helperProgram(name string) string {
	odd := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-", r)
	}
	switch {
	case name == "":
		return "no program"
	case strings.IndexFunc(name, odd) >= 0:
		return "another program"
	}
	return "docker-credential-" + name
}

// registry is the target of a registry in docker's own form.
func registry(host string) helper.Target {
	if host == hubKey {
		host = "index.docker.io"
	}
	name, err := helper.ParseHost(helper.SchemeHTTPS, host)
	if err != nil {
		return helper.Target{}
	}
	return helper.Target{Scheme: helper.SchemeHTTPS, Host: name}
}
