package cli

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// quick runs `auth token` without the grammar, whose building costs more than
// the whole answer: scripts ask for a token in every call. It understands only
// what it understands wholly; everything else, mistakes included, is the
// grammar's.
func (a *app) quick(words []string) (code int, ok bool) {
	if len(words) < 2 || words[0] != "auth" || words[1] != "token" {
		return 0, false
	}
	c := &tokenCommand{As: "token"}
	common, form, json := common{}, "", false
	words = words[2:]
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		switch {
		case word == "--json":
			json = true
		case word == "--no-env":
			c.NoEnv = true
		case !strings.HasPrefix(word, "-"):
			if c.Service != "" || word == "" {
				return 0, false
			}
			c.Service = word
		default:
			name, value, given := strings.Cut(word, "=")
			if !given {
				if len(words) == 0 || strings.HasPrefix(words[0], "-") {
					return 0, false
				}
				value, words = words[0], words[1:]
			} else if !strings.HasPrefix(name, "--") {
				return 0, false
			}
			if !c.flag(&common, &form, name, value) {
				return 0, false
			}
		}
	}
	if json && form != "" {
		return 0, false
	}
	form = cmp.Or(form, formText)
	if json {
		form = formJSON
	}
	defer shield()()
	a.people, a.common, a.Stdout = true, common, unbroken(a.Stdout)
	a.talk = talk{ask: a.Getenv("KEYGLOT_NO_INPUT") == "", progress: a.Getenv("KEYGLOT_NO_PROGRESS") == "", form: form}
	a.notice = a.warn
	return a.report(c.Run(context.Background(), a)), true
}

// flag sets a flag with a value, if it is known and the value is plain.
func (c *tokenCommand) flag(common *common, form *string, name, value string) bool {
	switch name {
	case "--username", "-u":
		c.Username = &value
	case "--as":
		c.As = value
		return slices.Contains([]string{"token", "basic", "header", "conda-url", "json"}, value)
	case "--field":
		c.Field = &value
	case "--profile":
		common.profile = value
		return value != ""
	case "--backend":
		common.backend = value
		return value != ""
	case "--output", "-o":
		*form = value
		return slices.Contains([]string{formText, formJSON, formLines, formNone}, value)
	case "--min-ttl":
		d, err := time.ParseDuration(value)
		c.MinTTL = d
		return err == nil
	default:
		return false
	}
	return true
}
