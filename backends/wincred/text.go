package wincred

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// wide and narrow are how a tool writes text into a blob. What is no such text
// is read the other way: some tools have changed their mind (STO-152).
func wide(blob []byte) (string, bool)   { return either(blob, decodeUTF16, decodeUTF8) }
func narrow(blob []byte) (string, bool) { return either(blob, decodeUTF8, decodeUTF16) }

// wideJSON is wide for JSON, whose first two bytes tell.
func wideJSON(blob []byte) (string, bool) {
	if strings.HasPrefix(string(blob), `{"`) {
		return narrow(blob)
	}
	return wide(blob)
}

func either(blob []byte, ways ...func([]byte) (string, bool)) (string, bool) {
	for _, decode := range ways {
		if text, ok := decode(blob); ok && text != "" && !strings.Contains(text, "\x00") {
			return text, true
		}
	}
	return "", false
}

func decodeUTF8(blob []byte) (string, bool) { return string(blob), utf8.Valid(blob) }

// decodeUTF16 refuses half a pair: no tool writes it.
func decodeUTF16(blob []byte) (string, bool) {
	if len(blob)%2 != 0 {
		return "", false
	}
	var text []byte
	for len(blob) > 0 {
		r := rune(binary.LittleEndian.Uint16(blob))
		blob = blob[2:]
		if utf16.IsSurrogate(r) {
			if len(blob) == 0 {
				return "", false
			}
			if r = utf16.DecodeRune(r, rune(binary.LittleEndian.Uint16(blob))); r == utf8.RuneError {
				return "", false
			}
			blob = blob[2:]
		}
		text = utf8.AppendRune(text, r)
	}
	return string(text), true
}
