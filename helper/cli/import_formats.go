package cli

import (
	"errors"
	"io/fs"
	"path/filepath"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/cargotoml"
	"keyglot/helper/format/dockerconfig"
	"keyglot/helper/format/ghhosts"
	"keyglot/helper/format/gitcredentials"
	"keyglot/helper/format/npmrc"
	"keyglot/helper/format/pypirc"
	"keyglot/helper/format/pyx"
	"keyglot/helper/format/rattler"
	"keyglot/helper/format/uvtoml"
)

// codec reads the text of a file; path is where it lies.
type codec func(data []byte, path string) ([]helper.Item, []helper.Skip, error)

func plainly(parse func([]byte) ([]helper.Item, []helper.Skip, error)) codec {
	return func(data []byte, _ string) ([]helper.Item, []helper.Skip, error) { return parse(data) }
}

// remover takes entries out of the text of a file and leaves the rest as it is.
// Where that cannot be done it is linecut.ErrLayout.
type remover func(data []byte, path string, drop func(helper.Credential) bool) ([]byte, error)

func simply(remove func([]byte, func(helper.Credential) bool) ([]byte, error)) remover {
	return func(data []byte, _ string, drop func(helper.Credential) bool) ([]byte, error) {
		return remove(data, drop)
	}
}

// format is what can be imported: a codec for the tool's file, and a way to
// take entries out of it; without a codec only what the source itself finds.
type format struct {
	source string // of that name
	parse  codec
	remove remover
	paths  []string // where the tool looks, if there is no source of it

	only    bool            // the source has nothing but its files
	unfiled bool            // only what the source has elsewhere than in files
	named   bool            // items have profiles, which keep their names
	after   string          // what there is to know of what was imported
	rule    atomicfile.Rule // what the file must obey; the zero one is Foreign
	unlinks bool            // a file that has nothing left goes

	// beside takes out what the tool keeps beside its file of credentials that
	// were read back. nil: nothing.
	beside func(back map[helper.Key]helper.Credential) error
}

// judge is what the format's files must obey.
func (f format) judge() atomicfile.Rule {
	if f.rule == atomicfile.Sealed {
		return atomicfile.Foreign
	}
	return f.rule
}

func (a *app) formats(name, home string) (format, bool) {
	switch name {
	case "git-credentials", "git":
		return format{source: "git", parse: plainly(gitcredentials.Parse), remove: simply(gitcredentials.Remove)}, true
	case "docker":
		return format{source: "docker", parse: plainly(dockerconfig.Parse), remove: simply(dockerconfig.Remove)}, true
	case "gh":
		return format{source: "gh", parse: plainly(ghhosts.Parse), remove: simply(ghhosts.Remove)}, true
	case "gcm", "keyring":
		return format{source: name}, true
	case "uv":
		return format{source: "uv", parse: plainly(uvtoml.Parse), remove: simply(uvtoml.Remove)}, true
	case "uv-keyring":
		return format{source: "uv", unfiled: true}, true
	case "rattler-keyring":
		return format{source: "rattler", unfiled: true}, true
	case "pyx":
		return format{source: "pyx", parse: plainly(pyx.Parse), only: true, after: "uv goes on with its login to pyx, and alone renews it: what was imported ends within the hour; sources = [\"pyx\"] reads it where it is"}, true
	case "rattler":
		return format{source: "rattler", parse: plainly(rattler.Parse), remove: simply(rattler.Remove)}, true
	case "cargo":
		return format{source: "cargo", parse: parseCargo, remove: removeCargo}, true
	case "pypirc":
		return format{source: name, parse: plainly(pypirc.Parse), remove: simply(pypirc.Remove), paths: []string{below(home, ".pypirc")}}, true
	case "npmrc":
		path := below(home, ".npmrc")
		for _, variable := range []string{"NPM_CONFIG_USERCONFIG", "npm_config_userconfig"} {
			if named := a.Getenv(variable); filepath.IsAbs(named) { // one that is relative would lead into a project
				path = named
			}
		}
		return format{source: name, parse: plainly(npmrc.Parse), remove: simply(npmrc.Remove), paths: []string{path}}, true
	}
	return format{}, false
}

func parseCargo(data []byte, path string) ([]helper.Item, []helper.Skip, error) {
	config, err := cargoConfig(path)
	if err != nil {
		return nil, nil, err
	}
	return cargotoml.Parse(data, config)
}

func removeCargo(data []byte, path string, drop func(helper.Credential) bool) ([]byte, error) {
	config, err := cargoConfig(path)
	if err != nil {
		return nil, err
	}
	return cargotoml.Remove(data, config, drop)
}

// cargoConfig reads the file beside that has the registries' addresses; none
// is nil.
func cargoConfig(path string) ([]byte, error) {
	for _, name := range []string{"config", "config.toml"} {
		config, err := atomicfile.Read(filepath.Join(filepath.Dir(path), name), atomicfile.Foreign, atomicfile.MaxSize)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return config, err
		}
	}
	return nil, nil
}
