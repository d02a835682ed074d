package credsdir

import (
	"fmt"
	"strings"

	"keyglot/helper"
	"keyglot/helper/format/netrc"
)

// tokenUser is the login of a token that has none of its own (AUTH-35).
const tokenUser = "__token__"

// entries reads the text of keyglot.netrc. One without scheme is for https.
// What is no entry that can be used is passed over; text that cannot be read is
// the error, with the entries above it.
func entries(text []byte) ([]helper.Credential, error) {
	file := netrc.Parse(text)
	var records []helper.Credential
	for _, e := range file.Entries {
		if c, ok := entry(e); ok {
			records = append(records, c)
		}
	}
	if len(file.Errors) > 0 {
		return records, fmt.Errorf("%w: %w", file.Errors[0], helper.ErrInvalid)
	}
	return records, nil
}

func entry(e netrc.Entry) (helper.Credential, bool) {
	n, ok := netrc.ParseName(e.Machine)
	if !ok || !e.Password.Set || helper.Evasive(n.Path) || n.Scheme != "" && n.Scheme != helper.SchemeHTTPS {
		return helper.Credential{}, false
	}
	host := n.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if n.Port != "" {
		host += ":" + n.Port
	}
	host, err := helper.ParseHost(helper.SchemeHTTPS, host)
	if err != nil {
		return helper.Credential{}, false
	}
	c := helper.Credential{
		Entry: helper.Entry{
			Key: helper.Key{
				Profile: helper.DefaultProfile,
				Target:  helper.Target{Scheme: helper.SchemeHTTPS, Host: host, Path: helper.CanonicalPath(n.Path)},
				User:    helper.User{Name: e.Login.Text, Set: e.Login.Set},
			},
			Known: true, Kind: helper.Basic, Origin: helper.OriginNetrc,
		},
		Secret: helper.NewSecret(e.Password.Text),
	}
	if !e.Login.Set || e.Login.Text == tokenUser {
		c.User, c.Kind, c.Login = helper.User{}, helper.Bearer, tokenUser
	}
	return c, true
}
