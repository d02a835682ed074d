package jsonedit

import "encoding/json"

// object is where an object and its members stand in a valid document.
type object struct {
	open, close int // of the braces
	members     []member
}

// member is where a member stands: "name" from name0 to nameEnd, its value up
// to end.
type member struct {
	name                       string
	name0, nameEnd, value, end int
}

// before is the white space that stands before the last member.
func (o object) before(doc []byte) []byte {
	last := len(o.members) - 1
	if last < 0 {
		return nil
	}
	from := o.open + 1
	if last > 0 {
		from = skip(doc, o.members[last-1].end) + 1 // behind the comma
	}
	return doc[from:o.members[last].name0]
}

// parseObject reads the object that opens at i. doc is valid JSON.
func parseObject(doc []byte, i int) (object, error) {
	o := object{open: i}
	if doc[i] != '{' {
		return o, ErrNotObject
	}
	for i = skip(doc, i+1); doc[i] != '}'; i = skip(doc, i) {
		if doc[i] == ',' {
			i = skip(doc, i+1)
		}
		m := member{name0: i, nameEnd: valueEnd(doc, i)}
		if err := json.Unmarshal(doc[i:m.nameEnd], &m.name); err != nil {
			return o, ErrSyntax
		}
		m.value = skip(doc, skip(doc, m.nameEnd)+1) // behind the colon
		m.end = valueEnd(doc, m.value)
		o.members = append(o.members, m)
		i = m.end
	}
	o.close = i
	return o, nil
}

// skip returns where the white space at i ends.
func skip(doc []byte, i int) int {
	for i < len(doc) && (doc[i] == ' ' || doc[i] == '\t' || doc[i] == '\n' || doc[i] == '\r') {
		i++
	}
	return i
}

// valueEnd returns where the value that begins at i ends.
func valueEnd(doc []byte, i int) int {
	depth, quoted := 0, false
	for ; i < len(doc); i++ {
		switch c := doc[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
			if !quoted && depth == 0 {
				return i + 1
			}
		case quoted:
		case c == '{', c == '[':
			depth++
		case c == '}' && depth == 0, c == ']' && depth == 0, c == ',' && depth == 0:
			return i
		case c == '}', c == ']':
			depth--
			if depth == 0 {
				return i + 1
			}
		case depth == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\r'):
			return i
		}
	}
	return i
}
