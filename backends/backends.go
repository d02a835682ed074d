// Package backends is the catalogue of stores and sources.
package backends

import (
	"keyglot/backends/chain"
	"keyglot/backends/credsdir"
	"keyglot/backends/file"
	"keyglot/backends/kernel"
	"keyglot/backends/keychain"
	"keyglot/backends/netrc"
	"keyglot/backends/pass"
	"keyglot/backends/plain"
	"keyglot/backends/secretservice"
	"keyglot/backends/secretservice/foreign"
	"keyglot/backends/source"
	"keyglot/backends/source/baseten"
	"keyglot/backends/source/cargo"
	"keyglot/backends/source/docker"
	"keyglot/backends/source/gcm"
	"keyglot/backends/source/gh"
	"keyglot/backends/source/git"
	"keyglot/backends/source/rattler"
	"keyglot/backends/source/uv"
	"keyglot/backends/wincred"
	"keyglot/helper"
)

// All returns every store, those that are chosen by themselves in order of
// preference.
func All() []helper.Backend {
	return []helper.Backend{
		keychain.Backend(),
		wincred.Backend(),
		secretservice.Backend(),
		file.Backend(),
		pass.Backend(),
		kernel.Backend(),
		credsdir.Backend(),
		chain.Backend(),
		plain.Backend(),
		netrc.Backend(),
	}
}

// Sources returns what can be read of what other tools keep, in files, in the
// Secret Service, in the Credential Manager and in the Keychain. Nothing is read
// that the user has not switched on, and the list is not made before it is asked
// for: a get has no use for it.
func Sources() []helper.Backend {
	return []helper.Backend{
		source.Join(git.Backend(), foreign.Git(), wincred.Git(), keychain.Git()),
		source.Join(docker.Backend(), foreign.Docker(), wincred.Docker(), keychain.Docker()),
		netrc.Source(),
		source.Join(gcm.Backend(), foreign.GCM(), wincred.GCM(), keychain.GCM()),
		source.Join(gh.Backend(), foreign.GH(), wincred.GH(), keychain.GH()),
		source.Join(uv.Backend(), foreign.UV(), wincred.UV(), keychain.UV()),
		uv.Pyx(),
		source.Join(rattler.Backend(), foreign.Rattler(), wincred.Rattler(), keychain.Rattler()),
		source.Join(cargo.Backend(), foreign.Cargo(), wincred.Cargo(), keychain.Cargo()),
		source.Join(baseten.Backend(), foreign.Baseten()),
		source.Join(foreign.Keyring(), wincred.Keyring(), keychain.Keyring()),
	}
}
