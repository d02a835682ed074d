package cli

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/cargotoml"
	"keyglot/helper/format/dockerconfig"
	"keyglot/helper/format/ghhosts"
	"keyglot/helper/format/gitcredentials"
	"keyglot/helper/format/npmrc"
	"keyglot/helper/format/pypirc"
	"keyglot/helper/format/rattler"
	"keyglot/helper/format/uvtoml"
)

// codec reads the text of a file; path is where it lies.
type codec func(data []byte, path string) ([]helper.Item, []helper.Skip, error)

func plainly(parse func([]byte) ([]helper.Item, []helper.Skip, error)) codec {
	return func(data []byte, _ string) ([]helper.Item, []helper.Skip, error) { return parse(data) }
}

// remover takes entries out of the text of a file and leaves the rest as it is.
type remover func(data []byte, drop func(helper.Key) bool) ([]byte, error)

// format is what can be imported: a codec for the tool's file, and a way to
// take entries out of it; without a codec only what the source itself finds.
type format struct {
	source string // of that name
	parse  codec
	remove remover  // nil: cannot be done losslessly
	paths  []string // where the tool looks, if there is no source of it
}

func (a *app) formats(name, home string) (format, bool) {
	switch name {
	case "git-credentials", "git":
		return format{source: "git", parse: plainly(gitcredentials.Parse), remove: removeLines}, true
	case "docker":
		return format{source: "docker", parse: plainly(dockerconfig.Parse), remove: dockerconfig.Remove}, true
	case "gh":
		return format{source: "gh", parse: plainly(ghhosts.Parse)}, true
	case "gcm":
		return format{source: "gcm"}, true
	case "uv":
		return format{source: "uv", parse: plainly(uvtoml.Parse)}, true
	case "rattler":
		return format{source: "rattler", parse: plainly(rattler.Parse)}, true
	case "cargo":
		return format{source: "cargo", parse: parseCargo}, true
	case "pypirc":
		return format{source: name, parse: plainly(pypirc.Parse), remove: pypirc.Remove, paths: []string{below(home, ".pypirc")}}, true
	case "npmrc":
		path := below(home, ".npmrc")
		for _, variable := range []string{"NPM_CONFIG_USERCONFIG", "npm_config_userconfig"} {
			if named := a.Getenv(variable); filepath.IsAbs(named) { // one that is relative would lead into a project
				path = named
			}
		}
		return format{source: name, parse: plainly(npmrc.Parse), remove: npmrc.Remove, paths: []string{path}}, true
	}
	return format{}, false
}

// parseCargo reads the registries' addresses from the config.toml beside.
func parseCargo(data []byte, path string) ([]helper.Item, []helper.Skip, error) {
	for _, name := range []string{"config", "config.toml"} {
		config, err := atomicfile.Read(filepath.Join(filepath.Dir(path), name), atomicfile.Foreign, atomicfile.MaxSize)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			if err != nil {
				return nil, nil, err
			}
			return cargotoml.Parse(data, config)
		}
	}
	return cargotoml.Parse(data, nil)
}

// removeLines takes whole lines out of git-credential-store's file.
func removeLines(data []byte, drop func(helper.Key) bool) ([]byte, error) {
	items, _, err := gitcredentials.Parse(data)
	if err != nil {
		return nil, err
	}
	gone := map[int]bool{}
	for _, i := range items {
		gone[i.Line] = drop(i.Key)
	}
	var kept []byte
	n := 0
	for line := range strings.Lines(string(data)) {
		if n++; !gone[n] {
			kept = append(kept, line...)
		}
	}
	return kept, nil
}
