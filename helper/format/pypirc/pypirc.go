// Package pypirc reads the .pypirc of twine and its kin: an INI file with a
// section for each package index. Python's RawConfigParser says what its lines
// mean; nothing is interpolated.
// https://packaging.python.org/en/latest/specifications/pypirc/
package pypirc

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"keyglot/helper"
	"keyglot/helper/linecut"
)

var errForm = helper.Cause("not what a .pypirc holds", &helper.ErrInvalid)

// Where twine uploads if a section does not say.
const (
	pypi     = "https://upload.pypi.org/legacy/"
	testPyPI = "https://test.pypi.org/legacy/"
)

const (
	distutils = "distutils"    // names the sections that count
	oldLogin  = "server-login" // the only section of old files
)

// Parse reads the sections that [distutils] lists in index-servers; without a
// list those that twine knows by itself.
func Parse(data []byte) ([]helper.Item, []helper.Skip, error) {
	sections, err := parse(data)
	if err != nil {
		return nil, nil, err
	}
	servers := []string{"pypi", "testpypi"}
	for _, s := range sections {
		if list, ok := s.options["index-servers"]; s.name == distutils && ok {
			servers = strings.Fields(list.value)
		}
	}
	servers = append(servers, oldLogin)
	var items []helper.Item
	var skipped []helper.Skip
	for _, s := range sections {
		if s.name == distutils {
			continue
		}
		c, reason := s.credential()
		if !slices.Contains(servers, s.name) {
			reason = "index-servers does not list it"
		}
		if reason != "" {
			skipped = append(skipped, helper.Skip{Line: s.line, Reason: reason})
			continue
		}
		items = append(items, helper.Item{Credential: c, Line: s.line})
	}
	return items, skipped, nil
}

// Remove returns the file without the lines that hold the passwords of the
// entries that drop names; everything else stays byte for byte. The user name
// stays: with it twine asks a keyring for the password.
func Remove(data []byte, drop func(helper.Credential) bool) ([]byte, error) {
	items, _, err := Parse(data)
	if err != nil {
		return nil, err
	}
	sections, err := parse(data)
	if err != nil {
		return nil, err
	}
	gone := map[int]bool{}
	for _, s := range sections {
		for _, i := range items {
			if i.Line == s.line && drop(i.Credential) {
				gone[s.options["password"].line] = true
			}
		}
	}
	return linecut.Drop(data, gone), nil
}

type section struct {
	name    string
	line    int
	options map[string]*option
}

type option struct {
	value string
	line  int
	lines int // how many lines have a part of the value
}

// parse reads the lines. A section or an option that is there twice is an error
// to RawConfigParser too.
func parse(data []byte) ([]*section, error) {
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("not UTF-8: %w", helper.ErrInvalid)
	}
	var sections []*section
	var last *option
	names := map[string]bool{}
	n, indent := 0, 0
	for text := range strings.Lines(string(data)) {
		n++
		text = strings.TrimRight(text, "\r\n")
		bare := strings.TrimSpace(text)
		if strings.HasPrefix(bare, "#") || strings.HasPrefix(bare, ";") || bare == "" {
			continue
		}
		at := len(text) - len(strings.TrimLeft(text, " \t"))
		if last != nil && at > indent {
			last.value += "\n" + bare
			last.lines++
			continue
		}
		indent, last = at, nil
		if end := strings.IndexByte(bare, ']'); bare[0] == '[' && end > 1 {
			name := bare[1:end]
			if names[name] {
				return nil, fmt.Errorf("line %d: a section given twice: %w", n, helper.ErrInvalid)
			}
			names[name] = true
			sections = append(sections, &section{name, n, map[string]*option{}})
			continue
		}
		end := strings.IndexAny(bare, "=:")
		if end < 1 || len(sections) == 0 {
			return nil, fmt.Errorf("line %d: %w", n, errForm)
		}
		s, key := sections[len(sections)-1], strings.ToLower(strings.TrimSpace(bare[:end]))
		if s.options[key] != nil {
			return nil, fmt.Errorf("line %d: an option given twice: %w", n, helper.ErrInvalid)
		}
		last = &option{strings.TrimSpace(bare[end+1:]), n, 1}
		s.options[key] = last
	}
	return sections, nil
}

func (s *section) credential() (c helper.Credential, reason string) {
	repository := pypi
	if s.name == "testpypi" {
		repository = testPyPI
	}
	if o := s.options["repository"]; o != nil {
		repository = o.value
	}
	a, err := helper.SplitAddress(repository)
	if err != nil || a.Rest != "" || a.Scheme != helper.SchemeHTTPS && a.Scheme != helper.SchemeHTTP {
		return c, "the repository is not an address"
	}
	t, err := a.Target(a.Scheme)
	if err != nil || helper.Evasive(t.Path) {
		return c, "the repository is not an address"
	}
	user, password := helper.User{}, s.options["password"]
	if o := s.options["username"]; o != nil && o.value != "" {
		user = helper.Named(o.value)
	}
	switch {
	case password == nil || password.value == "":
		return c, "no password"
	case password.lines > 1:
		return c, "a password of more than one line"
	case helper.HasControl(user.Name) || helper.HasControl(password.value):
		return c, "a control character in the user name or the password"
	}
	return helper.Foreign(t, user, helper.NewSecret(password.value)), ""
}
