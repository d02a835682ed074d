package netrc

import (
	"net/netip"
	"strconv"
	"strings"
)

// A Name is what a `machine` names. It is comparable: hosts are in ASCII lower
// case, IPv6 addresses in their short form without brackets, a path without the
// slashes around it.
type Name struct {
	Scheme string // "" if none is written
	Host   string
	Port   string // "" if none is written
	Path   string
}

// ParseName reads host, host:port, [v6], a bare v6, [v6]:port, each with a
// /path, and with a scheme://. Only letters, digits and "-._~" besides what
// holds these together can stand in a name.
func ParseName(text string) (Name, bool) {
	var n Name
	if scheme, rest, ok := strings.Cut(text, "://"); ok {
		n.Scheme, text = strings.ToLower(scheme), rest
		if n.Scheme == "" || !only(n.Scheme, "+-.") {
			return Name{}, false
		}
	}
	text, path, _ := strings.Cut(text, "/")
	n.Path = strings.Trim(path, "/")
	host, port, hasPort := cutPort(text)
	if hasPort {
		number, err := strconv.ParseUint(port, 10, 16)
		if err != nil || number == 0 {
			return Name{}, false
		}
		n.Port = strconv.FormatUint(number, 10)
	}
	var ok bool
	n.Host, ok = readHost(host)
	return n, ok && only(n.Path, "-._~/")
}

// cutPort cuts the port off. A bare IPv6 address has none.
func cutPort(text string) (host, port string, ok bool) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 || i < strings.LastIndexByte(text, ']') || text[0] != '[' && strings.Count(text, ":") > 1 {
		return text, "", false
	}
	return text[:i], text[i+1:], true
}

func readHost(host string) (string, bool) {
	inner, bracketed := strings.CutPrefix(host, "[")
	if bracketed {
		inner, bracketed = strings.CutSuffix(inner, "]")
	}
	if strings.Contains(inner, ":") || bracketed {
		a, err := netip.ParseAddr(inner)
		return a.String(), err == nil && a.Is6() && a.Zone() == ""
	}
	valid := strings.Trim(host, ".") != "" && only(host, "-._") && !strings.Contains(host, "..")
	return strings.ToLower(host), valid
}

// only reports whether text has no byte but letters, digits and those of also.
func only(text, also string) bool {
	for i := range len(text) {
		c := text[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && strings.IndexByte(also, c) < 0 {
			return false
		}
	}
	return true
}
