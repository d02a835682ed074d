package record

import (
	"encoding/base64"
	"strings"
	"time"

	"keyglot/helper"
)

// document reads a file of records: a version, a text (or none) and a list.
func (r *reader) document(versionName, textName, listName string) (records []helper.Credential, text string) {
	var versioned, named, listed bool
	r.object(func(name string) {
		switch name {
		case versionName:
			versioned = true
			r.version()
		case listName:
			listed = true
			r.array(func() { records = append(records, r.credential()) })
		case textName, textName + suffix:
			if named || textName == "" {
				r.fail("a member given twice")
			}
			named = true
			text = r.text(name != textName)
		default:
			r.skip()
		}
	})
	if !versioned || !listed || named != (textName != "") {
		r.fail("not a file of records")
	}
	return records, text
}

// version reads a version and ends the reading when it is a later one.
func (r *reader) version() {
	if r.number() != version && r.err == nil {
		r.err = ErrNewer
	}
}

// credential reads one record.
func (r *reader) credential() helper.Credential {
	var c helper.Credential
	var versioned bool
	given := make(map[string]bool, 16)
	r.object(func(name string) {
		switch name {
		case "v":
			versioned = true
			r.version()
		case "exact":
			c.Exact = r.boolean()
		case "gen":
			c.Gen = r.number()
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
				r.once(!c.Extra[key].IsSet())
				c.Extra[key] = helper.NewSecret(value)
			})
		case "attr", "attr" + suffix:
			r.values(name, func(key, value string) {
				if c.Attr == nil {
					c.Attr = make(map[string]string)
				}
				_, found := c.Attr[key]
				r.once(!found)
				c.Attr[key] = value
			})
		default:
			base, coded := strings.CutSuffix(name, suffix)
			set := setter(&c, base)
			if set == nil {
				r.skip()
				return
			}
			r.once(!given[base])
			given[base] = true
			set(r.text(coded))
		}
	})
	if !versioned {
		r.fail("a record without a version")
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

// once fails unless it is the first of its name.
func (r *reader) once(first bool) {
	if !first {
		r.fail("a member given twice")
	}
}

// values reads an object of texts, in base64 if its name says so.
func (r *reader) values(name string, add func(key, value string)) {
	coded := strings.HasSuffix(name, suffix)
	r.members(func(key string) { add(key, r.text(coded)) })
}

// text reads a string, in base64 if coded.
func (r *reader) text(coded bool) string {
	s := r.string()
	if !coded || r.err != nil {
		return s
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil {
		r.fail("not base64")
	}
	return string(raw)
}

func (r *reader) time() time.Time {
	s := r.string()
	if r.err != nil {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		r.fail("not a time")
	}
	return t.UTC()
}
