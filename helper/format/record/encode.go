package record

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"keyglot/helper"
)

// writer appends members to an object. Its first error stays.
type writer struct {
	out []byte
	err error
}

// credential appends one record, its members in the order of STO-3.
func (w *writer) credential(c helper.Credential) {
	w.out = append(w.out, `{"v":1`...)
	w.some("profile", c.Profile)
	w.some("scheme", c.Target.Scheme)
	w.some("host", c.Target.Host)
	w.some("path", c.Target.Path)
	if c.User.Set {
		w.text("username", c.User.Name)
	}
	w.some("kind", string(c.Kind))
	if c.Exact {
		w.name("exact")
		w.out = append(w.out, "true"...)
	}
	w.some("origin", c.Origin)
	w.some("login", c.Login)
	w.some("alias", c.Alias)
	w.secret("secret", c.Secret)
	w.secret("refresh", c.Refresh)
	w.time("expiry", c.Expiry)
	extra := make(map[string]string, len(c.Extra))
	for name, s := range c.Extra {
		if s.IsSet() {
			extra[name] = s.Reveal()
		}
	}
	w.texts("extra", extra)
	w.texts("attr", c.Attr)
	if c.Gen != 0 {
		w.name("gen")
		w.out = strconv.AppendUint(w.out, c.Gen, 10)
	}
	w.time("created", c.Created)
	w.time("updated", c.Updated)
	w.out = append(w.out, '}')
}

// list appends a member that is an array of records.
func (w *writer) list(name string, records []helper.Credential) {
	w.name(name)
	w.out = append(w.out, '[')
	for i, c := range records {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		w.credential(c)
	}
	w.out = append(w.out, ']')
}

// name begins a member.
func (w *writer) name(name string) {
	if w.out[len(w.out)-1] != '{' {
		w.out = append(w.out, ',')
	}
	w.quote(name)
	w.out = append(w.out, ':')
}

func (w *writer) some(name, value string) {
	if value != "" {
		w.text(name, value)
	}
}

func (w *writer) secret(name string, s helper.Secret) {
	if s.IsSet() {
		w.text(name, s.Reveal())
	}
}

func (w *writer) text(name, value string) {
	if !utf8.ValidString(value) {
		w.name(name + suffix)
		w.quote(base64.StdEncoding.EncodeToString([]byte(value)))
		return
	}
	w.name(name)
	w.quote(value)
}

// texts appends up to two objects: the values that are UTF-8, then the others.
func (w *writer) texts(name string, values map[string]string) {
	var valid, other []string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		switch {
		case !utf8.ValidString(key):
			w.fail(name + ": a name that is not UTF-8")
		case utf8.ValidString(values[key]):
			valid = append(valid, key)
		default:
			other = append(other, key)
		}
	}
	w.object(name, valid, func(key string) string { return values[key] })
	w.object(name+suffix, other, func(key string) string {
		return base64.StdEncoding.EncodeToString([]byte(values[key]))
	})
}

func (w *writer) object(name string, keys []string, value func(string) string) {
	if len(keys) == 0 {
		return
	}
	w.name(name)
	w.out = append(w.out, '{')
	for _, key := range keys {
		w.name(key)
		w.quote(value(key))
	}
	w.out = append(w.out, '}')
}

func (w *writer) time(name string, t time.Time) {
	if t.IsZero() {
		return
	}
	t = t.UTC()
	if t.Year() < 0 || t.Year() > 9999 {
		w.fail(name + ": a year beyond 9999")
		return
	}
	w.name(name)
	w.quote(t.Format(time.RFC3339Nano))
}

func (w *writer) fail(reason string) {
	if w.err == nil {
		w.err = fmt.Errorf("record: %s: %w", reason, helper.ErrUnsupported)
	}
}

// quote appends a JSON string of valid UTF-8. Unlike encoding/json it escapes
// nothing for the sake of HTML, so that people can read what is stored.
func (w *writer) quote(s string) {
	const hex = "0123456789abcdef"
	w.out = append(w.out, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		w.out = append(w.out, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			w.out = append(w.out, '\\', c)
		case '\n':
			w.out = append(w.out, '\\', 'n')
		case '\r':
			w.out = append(w.out, '\\', 'r')
		case '\t':
			w.out = append(w.out, '\\', 't')
		default:
			w.out = append(w.out, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	w.out = append(append(w.out, s[from:]...), '"')
}

// indent lays valid JSON out for people.
func indent(data []byte) []byte {
	var out bytes.Buffer
	if json.Indent(&out, data, "", "  ") != nil {
		return data
	}
	return out.Bytes()
}
