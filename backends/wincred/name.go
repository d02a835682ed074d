package wincred

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf16"

	"keyglot/helper"
	"keyglot/helper/visible"
)

// What Windows lets a credential have, in UTF-16 units.
const (
	maxUser    = 513
	maxComment = 256
)

// maxHost is where a host's name is cut short: far below what Windows allows
// (32767), because other programs that show targets allow less.
const maxHost = 110

// target is the name of a key's credential. Windows does not tell upper from
// lower case in it; the id does.
func (s *Store) target(k helper.Key) string { return s.prefix(k.Target.Realm()) + k.ID() }

// prefix begins the targets of a realm, and perhaps those of a few others,
// which differ from it in case alone or have the same first letters.
func (s *Store) prefix(r helper.Realm) string {
	return s.namespace + escape(r.Scheme) + "://" + escape(r.Host) + "/"
}

// escape writes what could mean something in a target or its filter as =2A.
// What is too long then is a hash: the record holds the true name.
func escape(text string) string {
	var out strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case c <= ' ', c >= 0x7f, strings.IndexByte(`*?#=/\`, c) >= 0:
			fmt.Fprintf(&out, "=%02X", c)
		default:
			out.WriteByte(c)
		}
	}
	if out.Len() > maxHost {
		sum := sha256.Sum256([]byte(text))
		return "=~" + hex.EncodeToString(sum[:16])
	}
	return out.String()
}

// userOf and commentOf are what people see in the Credential Manager.
func userOf(k helper.Key) string { return cut(k.User.Name, maxUser) }

func commentOf(k helper.Key) string {
	return cut("keyglot "+k.Profile+" "+k.Target.Path, maxComment)
}

func cut(text string, size int) string {
	units := utf16.Encode([]rune(visible.Text(text)))
	return string(utf16.Decode(units[:min(len(units), size)]))
}
