package child

import (
	"slices"
	"strings"
)

// Clean returns environ without the variables that hold secrets: keyglot's own
// and the tokens that tools of this field read. keep names some that the user
// wants this program to have all the same.
func Clean(environ []string, keep ...string) []string {
	list := make([]string, 0, len(environ))
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if !Secret(name) && !token(name) || slices.Contains(keep, name) {
			list = append(list, entry)
		}
	}
	return list
}

// Secret reports whether a variable of keyglot's own holds a secret.
func Secret(name string) bool {
	rest, own := strings.CutPrefix(name, "KEYGLOT_")
	if !own {
		return false
	}
	for _, word := range []string{"TOKEN", "PASSPHRASE", "PASSWORD", "SECRET"} {
		if strings.Contains(rest, word) {
			return true
		}
	}
	return rest == "KEY" // KEYGLOT_KEY_FILE names a file and is no secret
}

// token reports whether a variable is one that other tools take a secret from
// and keyglot answers for (AUTH-59), or a token of the Vault family.
func token(name string) bool {
	switch name {
	case "BUF_TOKEN", "PYX_AUTH_TOKEN", "UV_AUTH_TOKEN", "PYX_API_KEY", "UV_API_KEY", "HF_TOKEN",
		"GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN",
		"BASETEN_API_KEY", "CI_JOB_TOKEN",
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
		"VAULT_TOKEN", "BAO_TOKEN":
		return true
	}
	return false
}

// Set returns environ with name set to value.
func Set(environ []string, name, value string) []string {
	list := slices.DeleteFunc(slices.Clone(environ), func(entry string) bool { return strings.HasPrefix(entry, name+"=") })
	return append(list, name+"="+value)
}
