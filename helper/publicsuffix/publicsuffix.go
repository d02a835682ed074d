// Package publicsuffix knows which domain names belong to one owner: the rules
// of https://publicsuffix.org (Mozilla Public License 2.0), ICANN's and private
// ones, compiled in.
//
// golang.org/x/net/publicsuffix answers the same and is what the tests compare
// with, but it links net/http into the program for the sake of one interface:
// a quarter of the time of a whole `get`.
package publicsuffix

import (
	_ "embed"
	"errors"
	"net/netip"
	"strings"
)

// The two sections of the list, a rule a line, sorted: "co.uk", "*.ck",
// "!www.ck".
//
//go:generate sh -c "go run keyglot/scripts/publicsuffix icann >icann.txt"
//go:generate sh -c "go run keyglot/scripts/publicsuffix private >private.txt"
var (
	//go:embed icann.txt
	icann string
	//go:embed private.txt
	private string
)

var errNone = errors.New("not below a public suffix")

// Of returns the public suffix of a host name in ASCII lower case: that of the
// longest rule that fits, or its last label if none does. An IP address is its
// own.
func Of(host string) string {
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	found := host[strings.LastIndexByte(host, '.')+1:]
	for end := len(host); end >= 0; {
		end = strings.LastIndexByte(host[:end], '.')
		name := host[end+1:]
		_, parent, nested := strings.Cut(name, ".")
		switch {
		case has("!" + name):
			return parent
		case has(name), nested && has("*."+parent):
			found = name
		}
	}
	return found
}

// Registrable returns the public suffix of a host name and one label more: what
// one owner has.
func Registrable(host string) (string, error) {
	rest, below := strings.CutSuffix(host, "."+Of(host))
	if !below || strings.Contains("."+host+".", "..") {
		return "", errNone
	}
	suffix := host[len(rest)+1:]
	return rest[strings.LastIndexByte(rest, '.')+1:] + "." + suffix, nil
}

// ICANN reports whether a name is a public suffix of ICANN's section, or has
// such suffixes right below it: no one owner has it.
func ICANN(name string) bool {
	_, parent, nested := strings.Cut(name, ".")
	switch {
	case in(icann, "!"+name):
		return false
	case in(icann, name), in(icann, "*."+name):
		return true
	}
	return nested && in(icann, "*."+parent)
}

func has(rule string) bool { return in(icann, rule) || in(private, rule) }

// in looks a rule up by halving the list.
func in(list, rule string) bool {
	for lo, hi := 0, len(list); lo < hi; {
		mid := strings.LastIndexByte(list[:(lo+hi)/2], '\n') + 1
		mid = max(mid, lo)
		line, _, _ := strings.Cut(list[mid:hi], "\n")
		switch {
		case line == rule:
			return true
		case line < rule:
			lo = mid + len(line) + 1
		default:
			hi = mid
		}
	}
	return false
}
