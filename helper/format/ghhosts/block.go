package ghhosts

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"keyglot/helper"
)

// node is a key of a block mapping with what stands behind it or below it.
type node struct {
	name     string
	line     int
	indent   int
	value    string
	children []*node
}

// child returns the member of that name, or one without anything.
func (n *node) child(name string) *node {
	if i := slices.IndexFunc(n.children, func(c *node) bool { return c.name == name }); i >= 0 {
		return n.children[i]
	}
	return &node{}
}

// parse reads the YAML that gh writes: block mappings of one-line texts, and
// comments. A full YAML library would cost every run of keyglot its tables.
// Whatever else YAML has is refused, never guessed at.
func parse(data string) ([]*node, error) {
	root := &node{indent: -1}
	path := []*node{root}
	line := 0
	for text := range strings.Lines(data) {
		line++
		text = strings.TrimRight(text, "\r\n")
		bare := strings.TrimLeft(text, " ")
		if bare == "" || bare[0] == '#' || line == 1 && bare == "---" {
			continue
		}
		next, err := member(bare)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		next.line, next.indent = line, len(text)-len(bare)
		for path[len(path)-1].indent >= next.indent {
			path = path[:len(path)-1]
		}
		above := path[len(path)-1]
		if !above.takes(next) {
			return nil, fmt.Errorf("line %d: %w", line, errForm)
		}
		above.children = append(above.children, next)
		path = append(path, next)
	}
	return root.children, nil
}

// takes reports whether next may be a member of n: set in like the others, and
// the first of its name, because no reader could say which counts. Nobody has a
// thousand.
func (n *node) takes(next *node) bool {
	return n.value == "" && len(n.children) < 1000 && !slices.ContainsFunc(n.children, func(c *node) bool {
		return c.name == next.name || c.indent != next.indent
	})
}

// member reads "name: value" or "name:".
func member(text string) (*node, error) {
	if helper.HasControl(text) {
		return nil, errForm
	}
	name, rest, err := scalar(text, true)
	if err != nil || !strings.HasPrefix(rest, ":") {
		return nil, errForm
	}
	rest = rest[1:]
	if rest != "" && rest[0] != ' ' {
		return nil, errForm
	}
	value, rest, err := scalar(strings.TrimLeft(rest, " "), false)
	rest = strings.TrimLeft(rest, " ")
	if err != nil || name == "" || rest != "" && rest[0] != '#' {
		return nil, errForm
	}
	return &node{name: name, value: value}, nil
}

// scalar reads a plain or quoted text. A plain key ends at its colon, a plain
// value at a comment.
func scalar(text string, key bool) (value, rest string, err error) {
	switch {
	case text == "":
		return "", "", nil
	case text[0] == '\'':
		return single(text[1:])
	case text[0] == '"':
		end := 1
		for end < len(text) && text[end] != '"' {
			if text[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(text) {
			return "", "", errForm
		}
		value, err = strconv.Unquote(text[:end+1]) // the escapes that gh's writer uses are Go's as well
		return value, text[end+1:], err
	case text[0] == '#':
		return "", text, nil
	case strings.IndexByte("-?:,[]{}&*!|>%@`", text[0]) >= 0 && (key || text[0] != '-' || len(text) == 1 || text[1] == ' '):
		return "", "", errForm // a list, flow, anchor, tag or text of several lines
	}
	end := len(text)
	if key {
		for i := range len(text) {
			if text[i] == ':' && (i+1 == len(text) || text[i+1] == ' ') {
				end = i
				break
			}
		}
	} else {
		if i := strings.Index(text, " #"); i >= 0 {
			end = i
		}
		if strings.Contains(text[:end], ": ") || strings.HasSuffix(strings.TrimRight(text[:end], " "), ":") {
			return "", "", errForm
		}
	}
	value = strings.TrimRight(text[:end], " ")
	if !key && (value == "~" || value == "null") {
		value = ""
	}
	return value, text[end:], nil
}

// single reads a text in single quotes, in which two stand for one.
func single(text string) (value, rest string, err error) {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(text, "'")
		if !ok {
			return "", "", errForm
		}
		b.WriteString(before)
		if !strings.HasPrefix(after, "'") {
			return b.String(), after, nil
		}
		b.WriteByte('\'')
		text = after[1:]
	}
}
