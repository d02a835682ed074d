package setup

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"keyglot/helper"
)

// Podman is podman, buildah, skopeo and cri-o, which look at no credsStore:
// containers-registries.conf(5), containers-registries.conf.d(5).
type Podman struct {
	Dir string // where the link goes; "": beside keyglot
}

func (Podman) Name() string       { return "podman" }
func (Podman) Programs() []string { return []string{"podman", "buildah", "skopeo"} }

// podmanHead begins the file, which is set-up's own.
const podmanHead = "# Made by keyglot setup podman: registries.conf.d is read in order of names.\n"

// helperKey lists where logins are looked for, first to last.
const helperKey = "credential-helpers"

// containersAuth is what stands there without any configuration: the auth files.
const containersAuth = "containers-auth.json"

func (Podman) file(e *Env) (string, error) {
	return e.below(".config", "containers", "registries.conf.d", "keyglot.conf")
}

// sources are the files that are read, in their order: a later one wins.
func (Podman) sources(e *Env) ([]string, error) {
	own, err := e.below(".config", "containers", "registries.conf")
	if err != nil {
		return nil, err
	}
	files := []string{own}
	if _, err := os.Stat(own); err != nil {
		files = append([]string{"/etc/containers/registries.conf"}, dropIns("/etc/containers/registries.conf.d")...)
	}
	return append(files, dropIns(own+".d")...), nil
}

func dropIns(dir string) []string {
	files, _ := filepath.Glob(filepath.Join(dir, "*.conf")) // in order of names
	return files
}

// helpers returns what is in force without the file at skip, and the file that
// says so.
func (p Podman) helpers(e *Env, skip string) (list []string, from string, err error) {
	files, err := p.sources(e)
	if err != nil {
		return nil, "", err
	}
	list = []string{containersAuth}
	for _, file := range files {
		if file == skip {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			continue // as these programs do
		}
		found, err := podmanHelpers(text)
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", file, err)
		}
		if len(found) > 0 {
			list, from = found, file
		}
	}
	return list, from, nil
}

type podmanConfig struct {
	Helpers []string `toml:"credential-helpers"`
}

func podmanHelpers(text []byte) ([]string, error) {
	var c podmanConfig
	if err := toml.Unmarshal(text, &c); err != nil {
		return nil, errors.New("not valid TOML")
	}
	return c.Helpers, nil
}

func (p Podman) Plan(_ context.Context, e *Env) (Plan, error) {
	plan := Plan{Tool: p.Name()}
	file, err := p.file(e)
	if err != nil {
		return plan, err
	}
	others, from, err := p.helpers(e, file)
	if err != nil {
		return plan, err
	}
	if slices.Contains(others, "keyglot") {
		return plan, e.link(&plan, dockerProgram, p.Dir) // by hand
	}
	if err := e.link(&plan, dockerProgram, p.Dir); err != nil {
		return plan, err
	}
	text, err := podmanText(append([]string{"keyglot"}, others...))
	if err != nil {
		return plan, err
	}
	_, list, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(string(text), podmanHead)), " = ")
	entry := Entry{Key: helperKey, Value: list}
	err = plan.add(file, false, step{entry: entry, edit: func(old []byte) ([]byte, error) {
		if len(old) > 0 && !bytes.HasPrefix(old, []byte(podmanHead)) {
			return nil, helper.Advise(fmt.Errorf("set-up did not make this file: %w", helper.ErrDenied), "move it away")
		}
		return text, nil
	}})
	if last := filepath.Base(from); err == nil && strings.HasPrefix(from, filepath.Dir(file)) && last > filepath.Base(file) {
		plan.Warnings = append(plan.Warnings, fmt.Sprintf("%s is read later and names other helpers: add keyglot there", from))
	}
	return plan, err
}

func podmanText(helpers []string) ([]byte, error) {
	list, err := toml.Marshal(podmanConfig{helpers})
	return append([]byte(podmanHead), list...), err
}

func (p Podman) Undo(_ context.Context, e *Env) (Plan, error) {
	plan := Plan{Tool: p.Name()}
	file, err := p.file(e)
	if err != nil {
		return plan, err
	}
	all := func(Entry) bool { return true }
	ours := editor{
		own: func(text []byte) ([]Entry, error) {
			if !bytes.HasPrefix(text, []byte(podmanHead)) {
				return nil, nil
			}
			return []Entry{{Key: helperKey, Value: "keyglot"}}, nil
		},
		remove: func(text []byte, _ Entry) ([]byte, error) {
			if !bytes.HasPrefix(text, []byte(podmanHead)) {
				return text, nil
			}
			return nil, nil
		},
	}
	if err := e.undo(&plan, taking{tool: p.Name(), file: file, wanted: all, editor: ours, whole: true}, false); err != nil {
		return plan, err
	}
	return plan, e.unlink(&plan, all)
}

func (p Podman) Uses(_ context.Context, e *Env) bool {
	list, _, err := p.helpers(e, "")
	return err != nil || slices.Contains(list, "keyglot")
}

func (p Podman) Check(ctx context.Context, e *Env) []Finding {
	list, from, err := p.helpers(e, "")
	if err != nil {
		return []Finding{bad(cmp.Or(helper.Advice(err), "mend that file by hand"), "%v", err)}
	}
	if !slices.Contains(list, "keyglot") {
		return []Finding{bad("keyglot setup podman", "podman, buildah and skopeo do not ask keyglot (they ask %s)", strings.Join(list, ", "))}
	}
	found := []Finding{good("%s: they ask %s", from, strings.Join(list, ", then "))}
	if file := e.Getenv("REGISTRY_AUTH_FILE"); file != "" {
		found = append(found, note("REGISTRY_AUTH_FILE is set: %s is asked for what keyglot does not have", file))
	}
	for _, name := range []string{"CONTAINERS_REGISTRIES_CONF", "REGISTRIES_CONFIG_PATH"} {
		if e.Getenv(name) != "" {
			found = append(found, bad("unset "+name, "%s is set: these files are not read", name))
		}
	}
	return append(found, checkDockerHelper(ctx, e, "keyglot setup podman")...)
}
