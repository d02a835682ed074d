package setup

import (
	"cmp"
	"context"
	"path/filepath"

	"keyglot/helper"
)

// Helm is helm's registry client, which reads a file of docker's form of its
// own first, and docker's then. https://helm.sh/docs/helm/helm_registry_login/
type Helm struct {
	Force bool   // take the place of another store
	Dir   string // where the link goes; "": beside keyglot
}

func (Helm) Name() string       { return "helm" }
func (Helm) Programs() []string { return []string{"helm"} }

func (h Helm) file(e *Env) (string, error) {
	file, err := e.folder("HELM_REGISTRY_CONFIG")
	if file != "" || err != nil {
		return file, err
	}
	dir, err := e.folder("HELM_CONFIG_HOME")
	if dir == "" && err == nil {
		dir, err = e.helmFolder()
	}
	return filepath.Join(dir, "registry", "config.json"), err
}

func (h Helm) docker() Docker { return Docker{Force: h.Force, Dir: h.Dir} }

func (h Helm) Plan(_ context.Context, e *Env) (Plan, error) {
	p := Plan{Tool: h.Name()}
	file, err := h.file(e)
	if err != nil {
		return p, err
	}
	if err := e.link(&p, dockerProgram, h.Dir); err != nil {
		return p, err
	}
	return p, h.docker().store(&p, file)
}

func (h Helm) Undo(_ context.Context, e *Env) (Plan, error) {
	p := Plan{Tool: h.Name()}
	file, err := h.file(e)
	if err != nil {
		return p, err
	}
	return p, h.docker().takeBack(&p, e, file)
}

func (h Helm) Uses(_ context.Context, e *Env) bool {
	file, err := h.file(e)
	return err == nil && namesKeyglot(file)
}

func (h Helm) Check(ctx context.Context, e *Env) []Finding {
	file, err := h.file(e)
	if err != nil {
		return []Finding{bad(cmp.Or(helper.Advice(err), "unset HELM_CONFIG_HOME HELM_REGISTRY_CONFIG"), "%v", err)}
	}
	found := checkStore(file, "keyglot setup helm")
	return append(found, checkDockerHelper(ctx, e, "keyglot setup helm")...)
}
