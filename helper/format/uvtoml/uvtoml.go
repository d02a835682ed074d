// Package uvtoml reads and prints uv's credentials.toml.
// https://docs.astral.sh/uv/concepts/authentication/cli/
package uvtoml

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"keyglot/helper"
)

// entry is one [[credential]].
type entry struct {
	Service  string  `toml:"service"`
	Username *string `toml:"username"`
	Scheme   string  `toml:"scheme"`
	Password *string `toml:"password"`
	Token    *string `toml:"token"`
}

// Parse reads all entries. A password in the service's address is cut.
func Parse(data []byte) ([]helper.Item, []helper.Skip, error) {
	var file struct {
		Credential []entry `toml:"credential"`
	}
	if !utf8.Valid(data) {
		return nil, nil, fmt.Errorf("not UTF-8: %w", helper.ErrInvalid)
	}
	if err := toml.Unmarshal(data, &file); err != nil {
		return nil, nil, broken(err)
	}
	var items []helper.Item
	var skipped []helper.Skip
	lines := headers(string(data))
	for i, e := range file.Credential {
		line := 0
		if i < len(lines) {
			line = lines[i]
		}
		c, reason := e.credential()
		if reason != "" {
			skipped = append(skipped, helper.Skip{Line: line, Reason: reason})
			continue
		}
		items = append(items, helper.Item{Credential: c, Line: line})
	}
	return items, skipped, nil
}

// broken keeps of a TOML error the line, not the text there.
func broken(err error) error {
	line := 0
	if at, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, _ = at.Position()
	}
	return fmt.Errorf("line %d: not valid TOML, or a value of the wrong type: %w", line, helper.ErrInvalid)
}

// headers are the lines of the [[credential]] headers, one for each entry as
// long as the file is written as uv writes it.
func headers(text string) []int {
	var lines []int
	n := 0
	for line := range strings.Lines(text) {
		n++
		if strings.HasPrefix(strings.TrimSpace(line), "[[credential]]") {
			lines = append(lines, n)
		}
	}
	return lines
}

func (e entry) credential() (c helper.Credential, reason string) {
	a, err := helper.SplitAddress(e.Service)
	if err != nil || a.Scheme != "" && a.Scheme != helper.SchemeHTTPS && a.Scheme != helper.SchemeHTTP || a.Rest != "" {
		return c, "not a service"
	}
	t, err := a.Target(helper.SchemeHTTPS)
	if err != nil || helper.Evasive(t.Path) {
		return c, "not a service"
	}
	user, secret := helper.User{}, e.Token
	switch e.Scheme {
	case "", "basic":
		secret = e.Password
		if e.Username != nil && *e.Username != "" {
			user = helper.Named(*e.Username)
		}
	case "bearer":
		if e.Username != nil && *e.Username != "" && *e.Username != helper.TokenUser {
			user = helper.Named(*e.Username)
		}
	default:
		return c, "a scheme that is not known"
	}
	switch {
	case secret == nil || *secret == "":
		return c, "no secret"
	case helper.HasControl(user.Name):
		return c, "a control character in the user name"
	}
	c = helper.Foreign(t, user, helper.NewSecret(*secret))
	if e.Scheme == "bearer" {
		c.Kind = helper.Bearer
	}
	return c, ""
}

// Print returns the file's text for records. What it cannot hold is skipped.
func Print(records []helper.Credential) ([]byte, []helper.Skip) {
	var b strings.Builder
	var skipped []helper.Skip
	for n, c := range records {
		reason := ""
		switch user, secret := c.BasicUser(helper.User{}), c.Secret.Reveal(); {
		case c.Target.Scheme != helper.SchemeHTTPS && c.Target.Scheme != helper.SchemeHTTP || c.Target.Realm().IsWildcard():
			reason = "uv keeps addresses only"
		case c.Kind != helper.Basic && c.Kind != helper.Bearer:
			reason = "uv keeps passwords and tokens only"
		case c.Refresh.IsSet() || !c.Expiry.IsZero():
			reason = "uv keeps no expiry and no refresh token"
		case !c.Secret.IsSet() || !utf8.ValidString(secret) || !utf8.ValidString(user.Name):
			reason = "no secret that TOML can hold"
		case c.Kind == helper.Bearer && !c.User.Set:
			write(&b, c.Target, "bearer", "", "token", secret)
		case c.Kind == helper.Bearer:
			write(&b, c.Target, "bearer", c.User.Name, "token", secret)
		default:
			write(&b, c.Target, "basic", user.Name, "password", secret)
		}
		if reason != "" {
			skipped = append(skipped, helper.Skip{Line: n + 1, Reason: reason})
		}
	}
	return []byte(b.String()), skipped
}

func write(b *strings.Builder, t helper.Target, scheme, user, name, secret string) {
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	fmt.Fprintf(b, "[[credential]]\nservice = %s\n", quote(t.String()))
	if user != "" {
		fmt.Fprintf(b, "username = %s\n", quote(user))
	}
	fmt.Fprintf(b, "scheme = %s\n%s = %s\n", quote(scheme), name, quote(secret))
}

// quote writes a TOML basic string.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			b.WriteString(`\u00` + strconv.FormatInt(int64(r)>>4, 16) + strconv.FormatInt(int64(r)&15, 16))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
