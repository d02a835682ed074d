package service

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"keyglot/helper/publicsuffix"

	"keyglot/helper"
)

// readHost returns host[:port] in compared form. An all-ASCII host never
// enters idna; one in another script is mapped to A-labels, and the caller
// says so.
func (r Reader) readHost(scheme, text string, out *Service) (string, error) {
	if strings.Contains(text, "%") {
		decoded, err := decodeHost(text)
		if err != nil {
			return "", err
		}
		text = decoded
	}
	if !helper.IsASCII(text) {
		host, port := cutPort(text)
		mapped, err := typedNames().ToASCII(host) // which makes U+FFFD of what is not UTF-8
		if err != nil || !helper.IsASCII(mapped) || !utf8.ValidString(host) {
			return "", bad("the host name")
		}
		out.Typed, text = strings.ToLower(host), mapped+port
	}
	if strings.Contains(text, "*") {
		return r.readWildcard(scheme, text)
	}
	host, err := helper.ParseHost(scheme, text)
	if err != nil {
		if _, port := cutPort(text); port != "" {
			if bare, _ := cutPort(text); validHost(scheme, bare) {
				return "", bad("the port")
			}
		}
		return "", bad("the host name")
	}
	return host, nil
}

func validHost(scheme, host string) bool {
	_, err := helper.ParseHost(scheme, host)
	return err == nil
}

// cutPort cuts what stands behind the last colon, colon included.
func cutPort(text string) (host, port string) {
	if i := strings.LastIndexByte(text, ':'); i >= 0 && !strings.HasSuffix(text, "]") {
		return text[:i], text[i:]
	}
	return text, ""
}

// typedNames maps names as a person types them: the lenient lookup profile, so
// that "_" passes; helper.ParseHost then checks every label.
func typedNames() *idna.Profile {
	return idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.CheckHyphens(false))
}

// Unicode is a host in compared form as its script writes it, or the host
// itself where it has no other form. It is for showing only.
func Unicode(host string) string {
	name, port := cutPort(host)
	shown, err := typedNames().ToUnicode(strings.TrimPrefix(name, "*."))
	if err != nil {
		return host
	}
	if strings.HasPrefix(name, "*.") {
		shown = "*." + shown
	}
	return shown + port
}

// decodeHost decodes an escaped name of another script. Escaped ASCII in a
// host is refused.
func decodeHost(text string) (string, error) {
	decoded, err := helper.Unescape(text)
	if err != nil || !utf8.ValidString(decoded) || strings.Count(text, "%") != nonASCII(decoded) {
		return "", bad("the host name")
	}
	return decoded, nil
}

func nonASCII(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] >= 0x80 {
			n++
		}
	}
	return n
}

// readWildcard checks that a wildcard stands before a domain of one owner
// (AUTH-17).
func (r Reader) readWildcard(scheme, text string) (string, error) {
	host, err := helper.ParseWildcard(text)
	if base, _, ok := strings.Cut(strings.TrimPrefix(text, "*."), ":"); err != nil && (ok || base != "") && slices.Contains(r.Zones, strings.ToLower(base)) && strings.HasPrefix(text, "*.") {
		// A named private zone may be a single label.
		if zone, zoneErr := helper.ParseHost(scheme, text[2:]); zoneErr == nil {
			return "*." + zone, nil
		}
	}
	if err != nil || scheme != helper.SchemeHTTPS {
		if base, ok := strings.CutPrefix(text, "*."); ok && validHost(scheme, base) && !strings.Contains(base, ".") {
			return "", tooWide(base)
		}
		return "", wildcardForm()
	}
	base, _ := cutPort(host[2:])
	if publicsuffix.Of(base) == base && !slices.Contains(r.Zones, base) {
		return "", tooWide(base)
	}
	return host, nil
}

// readS3 reads what stands behind s3:// (AUTH-19).
func readS3(rest string) (Service, error) {
	bucket, prefix, _ := strings.Cut(rest, "/")
	if !isBucket(bucket) {
		return Service{}, problem("bad_bucket", "this is not a bucket name", "3 to 63 of a-z, 0-9, dot and hyphen")
	}
	if strings.ContainsAny(prefix, "?#") || helper.Evasive(prefix) {
		return Service{}, bad("the key prefix")
	}
	return Service{Target: helper.Target{Scheme: helper.SchemeS3, Host: bucket, Path: helper.CanonicalPath(prefix)}}, nil
}

func isBucket(name string) bool {
	if len(name) < 3 || len(name) > 63 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" ||
		strings.ContainsAny(name[:1]+name[len(name)-1:], ".-") {
		return false
	}
	// A name in the form of an IPv4 address is none.
	return strings.Trim(name, "0123456789.") != "" || strings.Count(name, ".") != 3
}

func decodeText(text string) (string, error) {
	decoded, err := helper.Unescape(text)
	if err != nil || !utf8.ValidString(decoded) {
		return "", helper.ErrInvalid
	}
	return decoded, nil
}
