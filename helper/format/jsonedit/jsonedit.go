// Package jsonedit changes single members of a JSON document and leaves every
// other byte as it is: order, white space, number forms and unknown members are
// the business of whoever wrote the file. The grammar is that of RFC 8259.
//
// A member is named by its path from the root, one name for each object. A
// document that holds a name twice on that path, be it in another case, is
// refused, because its readers disagree on which one counts.
package jsonedit

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// The errors never repeat the document, which may hold secrets.
var (
	ErrSyntax    = errors.New("not valid JSON")
	ErrNotObject = errors.New("a value that should be an object is none")
	ErrTwice     = errors.New("a name is there twice, or in another case")
)

// Text returns the string at path. ok is false if nothing is there; what is no
// string comes back as its JSON text.
func Text(doc []byte, path ...string) (value string, ok bool, err error) {
	if blank(doc) {
		return "", false, nil
	}
	found, err := find(doc, path)
	if err != nil || found.depth < len(path) {
		return "", false, err
	}
	raw := doc[found.member.value:found.member.end]
	if json.Unmarshal(raw, &value) != nil {
		value = string(raw)
	}
	return value, true, nil
}

// Names returns the names of the members of the object at path; none if
// nothing is there.
func Names(doc []byte, path ...string) ([]string, error) {
	if blank(doc) {
		return nil, nil
	}
	found, err := find(doc, path)
	if err != nil || found.depth < len(path) {
		return nil, err
	}
	open := found.object.open
	if len(path) > 0 {
		open = found.member.value
	}
	inner, err := parseObject(doc, open)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, m := range inner.members {
		names = append(names, m.name)
	}
	return names, nil
}

// Set makes the member at path the string value. Objects on the way that are
// missing are made, behind the members that are there and laid out as those
// are. An empty document becomes an object.
func Set(doc []byte, value string, path ...string) ([]byte, error) {
	if blank(doc) {
		doc = []byte("{}")
	}
	found, err := find(doc, path)
	if err != nil {
		return nil, err
	}
	if found.depth == len(path) {
		return splice(doc, found.member.value, found.member.end, quote(value)), nil
	}
	return found.insert(doc, path[found.depth:], value), nil
}

// Remove takes the member at path away. Removing nothing succeeds.
func Remove(doc []byte, path ...string) ([]byte, error) {
	if blank(doc) {
		return doc, nil
	}
	found, err := find(doc, path)
	if err != nil || found.depth < len(path) {
		return doc, err
	}
	members := found.object.members
	switch i := found.index; {
	case len(members) == 1:
		return splice(doc, found.object.open+1, found.object.close, nil), nil
	case i == 0:
		return splice(doc, members[0].name0, members[1].name0, nil), nil
	default:
		return splice(doc, members[i-1].end, members[i].end, nil), nil
	}
}

// place is where a path leads: to a member, or to the last object on the way.
type place struct {
	depth  int // names of the path that were found
	object object
	index  int // of member in object, where the whole path was found
	member member
	indent []byte // what stands before a member of object's parent
}

func find(doc []byte, path []string) (place, error) {
	if !json.Valid(doc) {
		return place{}, ErrSyntax
	}
	p := place{}
	var err error
	if p.object, err = parseObject(doc, skip(doc, 0)); err != nil {
		return p, err
	}
	for {
		if p.depth == len(path) {
			return p, nil
		}
		i := -1
		for j, m := range p.object.members {
			if strings.EqualFold(m.name, path[p.depth]) {
				if i >= 0 || m.name != path[p.depth] {
					return p, ErrTwice
				}
				i = j
			}
		}
		if i < 0 {
			return p, nil
		}
		p.index, p.member = i, p.object.members[i]
		p.depth++
		if p.depth < len(path) {
			p.indent = p.object.before(doc)
			if p.object, err = parseObject(doc, p.member.value); err != nil {
				return p, err
			}
		}
	}
}

// insert makes the members that are missing, one inside the other.
func (p place) insert(doc []byte, names []string, value string) []byte {
	last := len(p.object.members) - 1
	before, colon := p.object.before(doc), []byte(": ")
	if last < 0 {
		before = deeper(p.indent, p.depth == 0)
	} else {
		m := p.object.members[last]
		colon = doc[m.nameEnd:m.value]
	}
	text := append(slices.Clone(before), quote(names[0])...)
	text = append(text, colon...)
	text = append(text, nested(names[1:], value, before, colon)...)
	if last >= 0 {
		return splice(doc, p.object.members[last].end, p.object.members[last].end, append([]byte(","), text...))
	}
	if p.depth == 0 && bytes.IndexByte(before, '\n') >= 0 {
		text = append(text, '\n')
	} else {
		text = append(text, p.indent...)
	}
	return splice(doc, p.object.open+1, p.object.close, text)
}

// nested is value inside an object for each name.
func nested(names []string, value string, before, colon []byte) []byte {
	if len(names) == 0 {
		return quote(value)
	}
	inner := deeper(before, false)
	text := append([]byte("{"), inner...)
	text = append(append(text, quote(names[0])...), colon...)
	text = append(text, nested(names[1:], value, inner, colon)...)
	return append(append(text, before...), '}')
}

// deeper is what stands before the members of an object whose parent's members
// have indent before them. A document without lines stays without.
func deeper(indent []byte, root bool) []byte {
	line := bytes.LastIndexByte(indent, '\n')
	switch {
	case root:
		return []byte("\n\t") // as docker writes it
	case line < 0:
		return nil
	}
	step := []byte("\t")
	if spaces := indent[line+1:]; len(spaces) > 0 && spaces[0] == ' ' {
		step = spaces
	}
	return append(slices.Clone(indent), step...)
}

// blank is a document that holds nothing, as a new file.
func blank(doc []byte) bool { return len(bytes.TrimSpace(doc)) == 0 }

func quote(text string) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string always encodes
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

func splice(doc []byte, from, to int, text []byte) []byte {
	return slices.Concat(doc[:from], text, doc[to:])
}
