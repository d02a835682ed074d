package git

import "strings"

// offers is what the server's WWW-Authenticate headers say. They are text from
// a server that is not trusted: they choose how a token is sent, never which
// (GIT-49).
type offers struct {
	any   bool // there were any
	basic bool // Basic is among them
}

// onlyOthers reports whether the server named schemes and Basic is none.
func (o offers) onlyOthers() bool { return o.any && !o.basic }

// add reads one header: challenges in a row, each a scheme and, separated by
// commas, parameters whose quoted texts may hold anything (RFC 9110, 11.6.1).
func (o *offers) add(header string) {
	o.any = true
	for header != "" {
		item := header
		if i := nextComma(header); i >= 0 {
			item, header = header[:i], header[i+1:]
		} else {
			header = ""
		}
		scheme, _, _ := strings.Cut(strings.Trim(item, " \t"), " ")
		o.basic = o.basic || strings.EqualFold(scheme, "basic")
	}
}

// nextComma finds the first comma outside of quotes.
func nextComma(s string) int {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '\\' && quoted:
			i++
		case s[i] == ',' && !quoted:
			return i
		}
	}
	return -1
}
