package record

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/strictjson"
)

// reader reads records.
type reader struct{ *strictjson.Reader }

func newReader(data []byte) reader { return reader{strictjson.New(data)} }

// end returns the reader's error; there must be nothing left.
func (r reader) end() error {
	if err := r.End(); err != nil && !errors.Is(err, helper.ErrInvalid) {
		return fmt.Errorf("%w: %w", err, helper.ErrInvalid)
	}
	return r.Err()
}

// document reads a file of records: a version, a text (or none) and a list.
func (r reader) document(versionName, textName, listName string) (records []helper.Credential, text string) {
	var versioned, named, listed bool
	r.Object(func(name string) {
		switch name {
		case versionName:
			versioned = true
			r.version()
		case listName:
			listed = true
			r.Array(func() { records = append(records, r.credential()) })
		case textName, textName + suffix:
			if named || textName == "" {
				r.Fail("a member given twice")
			}
			named = true
			text = r.text(name != textName)
		default:
			r.Skip()
		}
	})
	if !versioned || !listed || named != (textName != "") {
		r.Fail("not a file of records")
	}
	return records, text
}

// version reads a version and ends the reading when it is a later one.
func (r reader) version() {
	if r.Number() != version && r.Err() == nil {
		r.Stop(ErrNewer)
	}
}

// credential reads one record.
func (r reader) credential() helper.Credential {
	var c helper.Credential
	var versioned bool
	given := make(map[string]bool, 16)
	r.Object(func(name string) {
		switch name {
		case "v":
			versioned = true
			r.version()
		case "exact":
			c.Exact = r.Boolean()
		case "gen":
			c.Gen = r.Number()
		case "expiry":
			c.Expiry = r.time()
		case "created":
			c.Created = r.time()
		case "updated":
			c.Updated = r.time()
		case "extra", "extra" + suffix:
			r.values(name, func(key, value string) {
				if c.Extra == nil {
					c.Extra = make(map[string]helper.Secret)
				}
				r.Once(!c.Extra[key].IsSet())
				c.Extra[key] = helper.NewSecret(value)
			})
		case "attr", "attr" + suffix:
			r.values(name, func(key, value string) {
				if c.Attr == nil {
					c.Attr = make(map[string]string)
				}
				_, found := c.Attr[key]
				r.Once(!found)
				c.Attr[key] = value
			})
		default:
			base, coded := strings.CutSuffix(name, suffix)
			set := setter(&c, base)
			if set == nil {
				r.Skip()
				return
			}
			r.Once(!given[base])
			given[base] = true
			set(r.text(coded))
		}
	})
	if !versioned {
		r.Fail("a record without a version")
	}
	c.Known = true
	return c
}

// setter returns where the text of the member called name goes, or nil.
func setter(c *helper.Credential, name string) func(string) {
	to := func(field *string) func(string) { return func(s string) { *field = s } }
	secret := func(field *helper.Secret) func(string) {
		return func(s string) { *field = helper.NewSecret(s) }
	}
	switch name {
	case "profile":
		return to(&c.Profile)
	case "scheme":
		return to(&c.Target.Scheme)
	case "host":
		return to(&c.Target.Host)
	case "path":
		return to(&c.Target.Path)
	case "username":
		return func(s string) { c.User = helper.Named(s) }
	case "kind":
		return func(s string) { c.Kind = helper.Kind(s) }
	case "origin":
		return to(&c.Origin)
	case "login":
		return to(&c.Login)
	case "alias":
		return to(&c.Alias)
	case "secret":
		return secret(&c.Secret)
	case "refresh":
		return secret(&c.Refresh)
	}
	return nil
}

// values reads an object of texts, in base64 if its name says so.
func (r reader) values(name string, add func(key, value string)) {
	coded := strings.HasSuffix(name, suffix)
	r.Members(func(key string) { add(key, r.text(coded)) })
}

// text reads a string, in base64 if coded.
func (r reader) text(coded bool) string {
	s := r.Text()
	if !coded || r.Err() != nil {
		return s
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil {
		r.Fail("not base64")
	}
	return string(raw)
}

func (r reader) time() time.Time {
	s := r.Text()
	if r.Err() != nil {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		r.Fail("not a time")
	}
	return t.UTC()
}
