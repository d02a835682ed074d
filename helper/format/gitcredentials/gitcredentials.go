// Package gitcredentials reads and prints the file of git-credential-store:
// one URL a line, https://user:password@host%3aport/path, user name, password
// and path percent-encoded. https://git-scm.com/docs/git-credential-store#_storage_format
//
// It also reads the secrets of git's other stores, which carry an expiry and a
// refresh token on lines of their own.
package gitcredentials

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/linecut"
)

// Parse reads all entries. They are exact, as what git stored always is. Of
// two lines for one account git answers the first; both come back.
func Parse(data []byte) ([]helper.Item, []helper.Skip, error) {
	var items []helper.Item
	var skipped []helper.Skip
	line := 0
	for text := range bytes.Lines(data) {
		line++
		text = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
		if len(text) == 0 || text[0] == '#' {
			continue
		}
		c, reason := parseLine(string(text))
		if reason != "" {
			skipped = append(skipped, helper.Skip{Line: line, Reason: reason})
			continue
		}
		items = append(items, helper.Item{Credential: c, Line: line})
	}
	return items, skipped, nil
}

// Remove returns the file without the lines of the entries that drop names.
func Remove(data []byte, drop func(helper.Credential) bool) ([]byte, error) {
	items, _, err := Parse(data)
	if err != nil {
		return nil, err
	}
	gone := map[int]bool{}
	for _, i := range items {
		gone[i.Line] = drop(i.Credential)
	}
	return linecut.Drop(data, gone), nil
}

func parseLine(text string) (c helper.Credential, reason string) {
	a, err := helper.SplitAddress(text)
	switch {
	case err != nil:
		return c, "not an address"
	case a.Scheme == "":
		return c, "no protocol"
	case !a.HasUser || !a.HasPass:
		return c, "no user name and password"
	case a.Rest != "":
		return c, "a query or fragment"
	}
	user, errUser := helper.Unescape(a.User)
	password, errPassword := helper.Unescape(a.Password)
	path, errPath := helper.Unescape(a.Path)
	if errUser != nil || errPassword != nil || errPath != nil {
		return c, "a broken escape, or a control character behind one"
	}
	t, err := target(a, path)
	if err != nil {
		return c, "not a host name"
	}
	c = helper.Foreign(t, helper.Named(user), helper.NewSecret(password))
	c.Exact = true
	return c, ""
}

// target is what the address names. git encodes the colon before a port and
// the brackets of an IPv6 address, and nothing else of a host.
func target(a helper.Address, path string) (helper.Target, error) {
	path = helper.EncodePath(strings.TrimLeft(path, "/"))
	if a.Scheme == helper.SchemeCert && a.Host == "" && path != "" {
		return helper.Target{Scheme: a.Scheme, Path: path}, nil
	}
	host := strings.NewReplacer("%3a", ":", "%3A", ":", "%5b", "[", "%5B", "[", "%5d", "]", "%5D", "]").Replace(a.Host)
	host, err := helper.ParseHost(a.Scheme, host)
	return helper.Target{Scheme: a.Scheme, Host: host, Path: path}, err
}

// Print returns the file's text for records. What a line cannot hold is
// skipped.
func Print(records []helper.Credential) ([]byte, []helper.Skip) {
	var out []byte
	var skipped []helper.Skip
	for n, c := range records {
		text, reason := printLine(c)
		if reason != "" {
			skipped = append(skipped, helper.Skip{Line: n + 1, Reason: reason})
			continue
		}
		out = append(append(out, text...), '\n')
	}
	return out, skipped
}

// Into returns a file with what Print would write before its lines, since git
// answers the first that fits, and without those of the same accounts. All else
// stays byte for byte.
func Into(file []byte, records []helper.Credential) ([]byte, error) {
	text, _ := Print(records)
	items, _, err := Parse(text)
	if err != nil {
		return nil, err
	}
	ours := map[helper.Key]bool{}
	for _, i := range items {
		ours[i.Key] = true
	}
	rest, err := Remove(file, func(c helper.Credential) bool { return ours[c.Key] })
	return append(text, rest...), err
}

func printLine(c helper.Credential) (text, reason string) {
	user := c.BasicUser(helper.User{})
	switch {
	case c.Kind != helper.Basic && c.Kind != helper.Bearer:
		return "", "git's file holds passwords and tokens only"
	case !c.Secret.IsSet() || !user.Set:
		return "", "git's file needs a user name and a password"
	case c.Target.Scheme == helper.SchemeItem || c.Target.Scheme == helper.SchemeS3 || c.Target.Realm().IsWildcard():
		return "", "git's file holds no wildcards and opaque names"
	case c.Refresh.IsSet() || !c.Expiry.IsZero():
		return "", "git's file holds no expiry and no refresh token"
	case helper.HasControl(user.Name) || helper.HasControl(c.Secret.Reveal()):
		return "", "git's file holds no control characters"
	}
	text = c.Target.Scheme + "://" + encode(user.Name) + ":" + encode(c.Secret.Reveal()) + "@" +
		strings.ReplaceAll(encode(c.Target.Host), "%3A", "%3a")
	if c.Target.Path != "" {
		text += "/" + c.Target.Path // in the form that is compared it is encoded already
	}
	return text, ""
}

// encode escapes all but RFC 3986's unreserved characters, as git does.
func encode(text string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

// Secret puts into c the password that git-credential-libsecret,
// git-credential-osxkeychain and git-credential-wincred store, with the lines
// password_expiry_utc=N and oauth_refresh_token=T that may follow it. A line
// that is neither belongs to no password that git can send: reason is not "".
func Secret(c *helper.Credential, text string) (reason string) {
	password, rest, more := strings.Cut(text, "\n")
	c.Secret = helper.NewSecret(strings.TrimSuffix(password, "\r"))
	if !more {
		c.Secret = helper.NewSecret(password)
	}
	for more {
		var line string
		line, rest, more = strings.Cut(rest, "\n")
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\r"), "=")
		switch name {
		case "":
		case "oauth_refresh_token":
			c.Refresh = helper.NewSecret(value)
		case "password_expiry_utc":
			if n, err := strconv.ParseInt(value, 10, 64); err == nil && n > 0 && n < 1<<40 { // else it never expires, as in git
				c.Expiry = time.Unix(n, 0).UTC()
			}
		default:
			return "a password of more than one line"
		}
	}
	return ""
}
