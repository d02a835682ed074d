// Package plainname writes texts as names that every store takes: files,
// folders, systemd credentials, paths of a server (STO-4). The bytes
// A-Z a-z 0-9 . _ - stay, but for a leading . or -; every other byte is =XX.
// Different texts have different names, and no name has a slash, a leading dot
// or dash, a blank or a control character.
package plainname

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"keyglot/helper"
)

const (
	absent = "_"  // a user that is absent; a text that is just this is escaped
	empty  = "="  // the empty text
	digest = "=~" // begins the name of a text that is too long, known only by its digest
	max    = 110  // bytes of a name: two of them, joined and with an extension, are a file name
	upper  = "0123456789ABCDEF"
)

// Text returns the name of s.
func Text(s string) string {
	switch s {
	case "":
		return empty
	case absent:
		return escape(absent)
	}
	var name strings.Builder
	for i := range len(s) {
		if c := s[i]; plain(c) && (i > 0 || c != '.' && c != '-') {
			name.WriteByte(c)
		} else {
			name.WriteString(escape(s[i : i+1]))
		}
		if name.Len() > max {
			sum := sha256.Sum256([]byte(s))
			return digest + hex.EncodeToString(sum[:16])
		}
	}
	return name.String()
}

// User returns the name of u, which tells an absent user from an empty one.
func User(u helper.User) string {
	if !u.Set {
		return absent
	}
	return Text(u.Name)
}

// ReadText is the reverse of Text. ok is false for what Text never returns,
// and for a digest.
func ReadText(name string) (s string, ok bool) {
	if name == empty {
		return "", true
	}
	var text strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] != '=' {
			text.WriteByte(name[i])
			continue
		}
		if i+2 >= len(name) {
			return "", false
		}
		high, low := strings.IndexByte(upper, name[i+1]), strings.IndexByte(upper, name[i+2])
		if high < 0 || low < 0 {
			return "", false
		}
		text.WriteByte(byte(high<<4 | low))
		i += 2
	}
	return text.String(), name != "" && Text(text.String()) == name
}

// ReadUser is the reverse of User.
func ReadUser(name string) (u helper.User, ok bool) {
	if name == absent {
		return helper.User{}, true
	}
	s, ok := ReadText(name)
	return helper.Named(s), ok
}

// IsDigest reports whether name is that of a long text, which only the item
// itself knows.
func IsDigest(name string) bool {
	hexed, ok := strings.CutPrefix(name, digest)
	_, err := hex.DecodeString(hexed)
	return ok && err == nil && len(hexed) == 32 && strings.ToLower(hexed) == hexed
}

func plain(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-'
}

func escape(c string) string { return "=" + string(upper[c[0]>>4]) + string(upper[c[0]&15]) }
