package keychain

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"keyglot/helper"
	"keyglot/helper/format/dockerconfig"
	"keyglot/helper/format/gitcredentials"
	"keyglot/helper/format/keyrings"
)

// dockerLabel tells docker's items from git's, which are alike.
const dockerLabel = "Docker Credentials"

// defaultType is the type of what git stores. Browsers have others.
const defaultType = "dflt"

// gitProtocol is one that git's helper stores, by the system's code; "" is none.
func gitProtocol(code string) string {
	switch code {
	case "htps":
		return "https"
	case "imps":
		return "imaps"
	case "ftp ":
		return "ftp"
	case "http", "ftps", "imap", "smtp":
		return code
	}
	return ""
}

// Git is what git-credential-osxkeychain keeps.
// https://github.com/git/git/blob/master/contrib/credential/osxkeychain/git-credential-osxkeychain.c
func Git() helper.Backend { return gitSchema().backend() }

func gitSchema() schema {
	return schema{
		name: "git", summary: "git-credential-osxkeychain", kinds: []helper.Kind{helper.Basic, helper.Bearer},
		internet: true,
		read: func(i item) []helper.Credential {
			host, ok := withPort(i.Server, i.Port)
			if !ok || i.Label == dockerLabel || i.Type != defaultType || i.Domain != "" || i.Account == "" {
				return nil
			}
			return one(keyrings.Git(gitProtocol(i.Protocol), host, i.Path, i.Account))
		},
		fill: func(c *helper.Credential, _ item, text string) error {
			if reason := gitcredentials.Secret(c, text); reason != "" {
				return fmt.Errorf("%s: %w", reason, helper.ErrInvalid)
			}
			return nil
		},
	}
}

// Docker is what docker-credential-osxkeychain keeps. A server that was named
// without a scheme looks like one that was named with https.
// https://github.com/docker/docker-credential-helpers/tree/master/osxkeychain
func Docker() helper.Backend { return dockerSchema().backend() }

func dockerSchema() schema {
	return schema{
		name: "docker", summary: "docker-credential-osxkeychain", kinds: []helper.Kind{helper.Basic, helper.Bearer, helper.Identity},
		internet: true,
		read: func(i item) []helper.Credential {
			server, ok := dockerServer(i)
			if !ok || i.Label != dockerLabel || i.Domain != "" {
				return nil
			}
			c, reason := dockerconfig.Credential(server, i.Account, "")
			if reason != "" {
				return nil
			}
			c.Secret = helper.Secret{}
			return one(&c)
		},
		fill: func(c *helper.Credential, _ item, text string) error {
			c.Secret = helper.NewSecret(text)
			return nil
		},
		forgets: true,
	}
}

// dockerServer is the server as docker is likely to have named it: with its
// scheme where there is a path, or plain http. A path that was decoded to more
// than it says is none.
func dockerServer(i item) (string, bool) {
	name := i.Server
	if strings.Contains(name, ":") {
		name = "[" + name + "]" // an IPv6 address, which lost its brackets
	}
	host, ok := withPort(name, i.Port)
	if !ok || host == "" || strings.ContainsAny(host+i.Path, `%?#\ `) || strings.ContainsAny(host, "/@") ||
		i.Path != "" && i.Path[0] != '/' {
		return "", false
	}
	switch {
	case i.Protocol == "http":
		return "http://" + host + i.Path, true
	case i.Protocol != "htps":
		return "", false
	case i.Path != "":
		return "https://" + host + i.Path, true
	}
	return host, true
}

// withPort puts the port to a host. git hands it over as a number with a sign
// and two bytes.
func withPort(host string, port int32) (string, bool) {
	switch {
	case port == 0:
		return host, true
	case port < math.MinInt16 || port > math.MaxUint16:
		return "", false
	}
	return host + ":" + strconv.Itoa(int(uint16(port))), true
}
