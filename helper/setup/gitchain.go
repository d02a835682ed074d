package setup

import (
	"slices"
	"strings"
)

// helperKind says what a credential helper of git's does with a password.
type helperKind int

const (
	otherHelper helperKind = iota
	ownHelper              // keyglot, by whatever path
	generator              // makes credentials: by a login in the browser, or another program's account
	keeper                 // keeps what git hands it
	plainKeeper            // keeps it in plain text
	bothHelper             // makes and keeps
)

// helperKinds are the helpers that git, its vendors and its users ship.
var helperKinds = []struct {
	kind  helperKind
	names []string
}{
	{ownHelper, []string{"keyglot"}},
	{generator, []string{"oauth", "azure", "azure-repos", "gh", "glab", "gcloud", "gcloud.sh", "aws", "az"}},
	{bothHelper, []string{"manager", "manager-core", "manager-ui"}},
	{plainKeeper, []string{"store"}},
	{keeper, []string{"osxkeychain", "wincred", "winstore", "libsecret", "gnome-keyring", "kwallet", "keepassxc", "keyring", "pass", "gopass", "1password", "lastpass", "secretservice"}},
}

func kindOf(value string) helperKind {
	name := helperName(value)
	for _, k := range helperKinds {
		if slices.Contains(k.names, name) {
			return k.kind
		}
	}
	return otherHelper
}

// helperName is what a helper is commonly called: "store" for "store --file x"
// and for /usr/lib/git-core/git-credential-store, "gh" for "!gh auth git-credential".
func helperName(value string) string {
	first, _, ok := firstWord(strings.TrimLeft(strings.TrimPrefix(value, "!"), " \t"))
	if !ok {
		return ""
	}
	return strings.TrimPrefix(baseName(first), "git-credential-")
}

func (k helperKind) makes() bool { return k == generator || k == bothHelper }
func (k helperKind) keeps() bool { return k == keeper || k == plainKeeper || k == bothHelper }

// part returns the address in the middle of credential.ADDRESS.helper; ok is
// false for another setting.
func part(key string) (address string, ok bool) {
	rest, ok := strings.CutSuffix(key, ".helper")
	if !ok {
		return "", false
	}
	if rest == "credential" {
		return "", true
	}
	return strings.CutPrefix(rest, "credential.")
}

// chain is the helpers that git asks for an address, or for one that has no
// lines of its own, in order: a line without value drops those before it.
func chain(settings []setting, address string) []setting {
	var list []setting
	for _, s := range settings {
		where, ok := part(s.key)
		switch {
		case !ok || where != "" && where != address:
		case s.value == "":
			list = nil
		default:
			list = append(list, s)
		}
	}
	return list
}
