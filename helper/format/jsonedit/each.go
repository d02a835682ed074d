package jsonedit

import "strings"

// RemoveEach takes all members of the root object away that drop names.
func RemoveEach(doc []byte, drop func(name string) bool) ([]byte, error) {
	if blank(doc) {
		return doc, nil
	}
	root, err := find(doc, nil)
	if err != nil {
		return nil, err
	}
	o := root.object
	folded := map[string]bool{}
	twice := map[string]bool{}
	for _, m := range o.members {
		name := strings.ToLower(m.name)
		twice[name] = twice[name] || folded[name]
		folded[name] = true
	}
	var left []byte
	kept, at := false, 0 // at is where what is not looked at yet begins
	for _, m := range o.members {
		switch {
		case !drop(m.name):
			if !kept { // it takes the first one's place
				left, at = append(left, doc[:o.members[0].name0]...), m.name0
			}
			left = append(left, doc[at:m.end]...)
			at, kept = m.end, true
		case twice[strings.ToLower(m.name)]:
			return nil, ErrTwice
		default:
			at = m.end
		}
	}
	switch {
	case len(o.members) == 0:
		return doc, nil
	case !kept:
		return splice(doc, o.open+1, o.close, nil), nil
	}
	return append(left, doc[o.members[len(o.members)-1].end:]...), nil
}
