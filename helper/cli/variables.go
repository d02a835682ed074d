package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"keyglot/helper"
	"keyglot/helper/provider"
)

// variables is the store of what the environment holds: read-only, without
// profile, each record's origin the variable's name (AUTH-56, AUTH-58,
// AUTH-59). A record answers only for the hosts that its variable names, or
// that the preset has built in.
type variables struct {
	helper.Listing // of records
	records        []helper.Credential
	shadowed       []string // variables whose services another one answers for
	unused         []unused // variables that answer for nothing
}

// unused is a variable whose host variable names no host that is known.
type unused struct{ name, host string }

var _ helper.Store = (*variables)(nil)

// ownVariable holds tokens for the hosts that it names.
const ownVariable = "KEYGLOT_TOKEN"

// variables reads the environment, or is nil where nothing of it counts: a
// profile on the command line, --no-env, KEYGLOT_NO_ENV. A malformed variable
// is a fault of a command; a protocol warns and goes on without it.
func (a *app) variables(s *settings) (helper.Store, error) {
	if a.common.profile != "" || a.common.noEnv || a.Getenv("KEYGLOT_NO_ENV") != "" {
		return nil, nil
	}
	v := &variables{}
	v.Listing = func(context.Context) ([]helper.Credential, error) { return v.records, nil }
	refuse := func(err *fault) error {
		if a.people {
			return err
		}
		fmt.Fprintf(a.Stderr, "keyglot: %s; the variable is not used\n", err.Message)
		return nil
	}
	if text := a.Getenv(ownVariable); text != "" {
		records, problem := tokenList(s, ownVariable, text)
		if problem != nil {
			if err := refuse(problem); err != nil {
				return nil, err
			}
		}
		v.add(records)
	}
	for _, p := range s.presets() {
		for _, variable := range p.Variables {
			text := a.Getenv(variable.Name)
			if text == "" {
				continue
			}
			if variable.Now != "" {
				a.detail("%s is the old name of %s", variable.Name, variable.Now)
			}
			records, problem := a.variableRecords(s, p, variable, text)
			if problem != nil {
				if err := refuse(problem); err != nil {
					return nil, err
				}
				continue
			}
			switch {
			case len(records) == 0:
				v.unused = append(v.unused, unused{variable.Name, variable.Host})
			case len(v.add(records)) == 0:
				v.shadowed = append(v.shadowed, variable.Name)
			}
		}
	}
	if len(v.records)+len(v.unused) == 0 {
		return nil, nil
	}
	return v, nil
}

// add takes the records whose target no variable before has.
func (v *variables) add(records []helper.Credential) (added []helper.Credential) {
	for _, c := range records {
		taken := slices.ContainsFunc(v.records, func(d helper.Credential) bool { return d.Target == c.Target && d.Origin != c.Origin })
		if !taken {
			v.records, added = append(v.records, c), append(added, c)
		}
	}
	return added
}

// variableRecords are what a provider's variable stands for: a bare token for
// the preset's own hosts, or a list of token@host where the tool knows that.
func (a *app) variableRecords(s *settings, p provider.Preset, v provider.Variable, text string) ([]helper.Credential, *fault) {
	if strings.TrimSpace(text) != text || helper.HasControl(text) || strings.Contains(text, " ") {
		return nil, malformed(v.Name, "it begins or ends with a blank, or has one in it", "unset it, or set it to the token alone")
	}
	if p.TokenList && strings.Contains(text, "@") {
		return tokenList(s, v.Name, text)
	}
	named, ok := a.namedHost(s, v)
	if !ok {
		return nil, nil
	}
	var records []helper.Credential
	for _, host := range p.VariableHosts(v, named) {
		c := variableRecord(v.Name, helper.Target{Scheme: helper.SchemeHTTPS, Host: host}, helper.User{}, text)
		c.Login = cmp.Or(p.BasicUser, helper.TokenUser)
		if v.User != "" {
			c.Kind, c.User, c.Login = helper.Basic, helper.Named(v.User), ""
		} else if header, value, ok := cutHeader(p.Header); ok {
			c.Attr = map[string]string{}
			c.Kind, c.Login = helper.Header, ""
			setHeader(&c, header, strings.Replace(value, "{key}", text, 1))
		}
		records = append(records, c)
	}
	return records, nil
}

// namedHost is the https host that a variable's host variable names, or "" where
// it has none or that is not set.
func (a *app) namedHost(s *settings, v provider.Variable) (host string, ok bool) {
	if v.Host == "" || a.Getenv(v.Host) == "" {
		return "", true
	}
	typed, err := s.Services().Read(a.Getenv(v.Host))
	t := typed.Target
	return t.Host, err == nil && t.Scheme == helper.SchemeHTTPS && t.Path == "" && !t.Realm().IsWildcard() && !typed.Query && !typed.User.Set
}

func variableRecord(name string, t helper.Target, user helper.User, token string) helper.Credential {
	return helper.Credential{
		Entry:  helper.Entry{Key: helper.Key{Target: t, User: user}, Known: true, Kind: helper.Bearer, Origin: name},
		Secret: helper.NewSecret(token),
	}
}

// tokenList reads [user:]token@service items. Its faults name the item, never
// what it holds.
func tokenList(s *settings, name, text string) ([]helper.Credential, *fault) {
	var records []helper.Credential
	for i, item := range strings.Split(text, ",") {
		wrong := func(what string) *fault {
			return malformed(name, fmt.Sprintf("item %d %s", i+1, what), "write token@host[,token2@host2]")
		}
		item = strings.Trim(item, " \t")
		at := strings.LastIndexByte(item, '@')
		switch {
		case item == "":
			return nil, wrong("is empty")
		case at < 0:
			return nil, wrong("names no host")
		}
		before, token, named := strings.Cut(item[:at], ":")
		var user helper.User
		if named {
			user = helper.Named(before)
		} else {
			token = before
		}
		typed, err := s.Services().Read(item[at+1:])
		switch {
		case token == "" || named && before == "" || strings.ContainsAny(item[:at], "@ ") || strings.Contains(token, ":") || helper.HasControl(item):
			return nil, wrong("has no token, or one that cannot be written here")
		case err != nil || typed.Query || typed.Target.Realm().IsWildcard() || typed.Target.Scheme == helper.SchemeS3:
			return nil, wrong("names no host")
		}
		c := variableRecord(name, typed.Target, user, token)
		if preset, ok := s.presets().For(typed.Target); ok {
			c.Login = preset.BasicUser
		}
		if c.Login == "" && !user.Set {
			c.Login = helper.TokenUser
		}
		if slices.ContainsFunc(records, func(d helper.Credential) bool { return d.Key == c.Key }) {
			return nil, wrong("repeats another")
		}
		records = append(records, c)
	}
	return records, nil
}

func malformed(name, what, hint string) *fault {
	return &fault{Reason: "env_malformed", Message: name + ": " + what, Advice: hint}
}

// Save is never possible.
func (v *variables) Save(context.Context, helper.Credential) error { return helper.ErrUnsupported }

// Remove is never possible.
func (v *variables) Remove(context.Context, helper.Key) error { return helper.ErrUnsupported }
