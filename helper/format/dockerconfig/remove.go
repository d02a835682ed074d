package dockerconfig

import (
	"bytes"
	"fmt"

	"keyglot/helper"
	"keyglot/helper/strictjson"
)

// Remove returns the file without the entries that drop names, as `docker
// logout` would leave it; everything else stays byte for byte.
func Remove(data []byte, drop func(helper.Credential) bool) ([]byte, error) {
	var cuts []span
	r := strictjson.New(data)
	r.Object(func(name string) {
		if name != "auths" || r.Next() != '{' {
			r.Skip()
			return
		}
		from, named := r.At()+1, []bool(nil)
		var ends []int
		r.Members(func(server string) {
			c, reason := credential(server, readAuth(r))
			named = append(named, reason == "" && drop(c))
			ends = append(ends, r.At())
		})
		if r.Err() == nil {
			cuts = append(cuts, members(data, from, ends, named)...)
		}
	})
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("%w: %w", err, helper.ErrInvalid)
	}
	for i := len(cuts) - 1; i >= 0; i-- {
		data = append(bytes.Clone(data[:cuts[i].from]), data[cuts[i].to:]...)
	}
	return data, nil
}

// span is a part of the file.
type span struct{ from, to int }

// members returns what to cut of an object for the members that are dropped.
// from is behind its brace; ends are behind its members' values. With a member
// goes the comma behind it, or before it if it is the last that stays there.
func members(data []byte, from int, ends []int, drop []bool) []span {
	var cuts []span
	kept := false
	for i, end := range ends {
		switch {
		case !drop[i]:
			kept = true
		case i+1 < len(ends): // up to where the next one begins, whose place it takes
			comma := end + bytes.IndexByte(data[end:], ',') + 1
			cuts = append(cuts, span{begin(data, from), begin(data, comma)})
		case kept:
			cuts = append(cuts, span{last(ends, drop), end})
		default:
			cuts = append(cuts, span{from, end + len(data[end:]) - len(bytes.TrimLeft(data[end:], " \t\r\n"))})
		}
		if i+1 < len(ends) {
			from = end + bytes.IndexByte(data[end:], ',') + 1
		}
	}
	return merge(cuts)
}

// begin is where the member that lies behind at begins.
func begin(data []byte, at int) int {
	return at + len(data[at:]) - len(bytes.TrimLeft(data[at:], " \t\r\n"))
}

// last is the end of the last member that stays.
func last(ends []int, drop []bool) int {
	for i := len(ends) - 1; i >= 0; i-- {
		if !drop[i] {
			return ends[i]
		}
	}
	return 0
}

// merge joins cuts that overlap.
func merge(cuts []span) []span {
	var out []span
	for _, c := range cuts {
		for len(out) > 0 && c.from <= out[len(out)-1].to {
			c.from = min(c.from, out[len(out)-1].from)
			out = out[:len(out)-1]
		}
		out = append(out, c)
	}
	return out
}
