package helper

import "strings"

// Schemes with a meaning of their own. Any other scheme is a URL's.
const (
	SchemeHTTPS = "https"
	SchemeHTTP  = "http"
	SchemeS3    = "s3"   // Host is the bucket, Path the key prefix
	SchemeItem  = "item" // Host is an opaque name, its bytes kept, compared byte for byte
	SchemeCert  = "cert" // git's client certificates: no Host, Path is the file
)

// Target is what a credential is for, in the form that is compared: Scheme in
// lower case; Host as ParseHost returns it, or "*.example.com" in a record;
// Path as CanonicalPath returns it, without the slash that begins it.
type Target struct{ Scheme, Host, Path string }

// Realm is what a store files records under: a Target without its path.
type Realm struct{ Scheme, Host string }

// Realm returns the realm the target lies in.
func (t Target) Realm() Realm { return Realm{t.Scheme, t.Host} }

// IsZero reports whether the target names nothing. A zero target is never a
// wildcard.
func (t Target) IsZero() bool { return t == Target{} }

// String is the address as people and files write it: https://host:port/path.
// It may hold text from outside, so it must be made visible before it is shown.
func (t Target) String() string {
	s := t.Realm().String()
	if t.Path != "" {
		s += "/" + t.Path
	}
	return s
}

// Shown is the address as it may be printed: the token in the path of a conda
// channel is hidden (AUTH-64). Like String it may hold text from outside.
func (t Target) Shown() string {
	if before, rest, ok := CutConda(t.Path); ok {
		t.Path = strings.Trim(before+"/t/[hidden]/"+rest, "/")
	}
	return t.String()
}

// CutConda finds the token in the path of a conda channel, t/TOKEN, and returns
// what stands before and behind it.
func CutConda(path string) (before, rest string, ok bool) {
	segments := strings.Split(path, "/")
	for i := 0; i+1 < len(segments); i++ {
		if segments[i] == "t" && segments[i+1] != "" {
			return strings.Join(segments[:i], "/"), strings.Join(segments[i+2:], "/"), true
		}
	}
	return path, "", false
}

// IsZero reports whether the realm names nothing. A store must answer it with
// ErrInvalid, never with everything.
func (r Realm) IsZero() bool { return r == Realm{} }

// String is scheme://host, the name a realm has in stores and locks.
func (r Realm) String() string { return r.Scheme + "://" + r.Host }

// Short is the realm as a person types it: https is understood.
func (r Realm) Short() string {
	if r.Scheme == SchemeHTTPS {
		return r.Host
	}
	return r.String()
}

// IsWildcard reports whether a record's realm covers hosts below its own.
func (r Realm) IsWildcard() bool {
	return r.Scheme == SchemeHTTPS && strings.HasPrefix(r.Host, "*.")
}

// covers reports whether a record for path answers a question for asked:
// whole segments, case and empty segments count, and "%2F" separates nothing.
// A question with a dot segment or a backslash is answered only by the
// identical path, because a server may resolve it to somewhere else.
func covers(path, asked string, exact bool) bool {
	switch {
	case path == asked:
		return true
	case exact, Evasive(asked):
		return false
	case path == "":
		return true
	}
	return strings.HasPrefix(asked, path) && asked[len(path)] == '/'
}

// Evasive reports whether a server might resolve path to another place than
// its segments say: dot segments or a backslash, plain or escaped, escaped
// escapes included, also where an escaped slash separates them.
func Evasive(path string) bool {
	if !strings.ContainsAny(path, `.%\`) {
		return false
	}
	p := strings.NewReplacer("%2e", ".", "%2f", "/", "%5c", `\`).Replace(bareEscapes(strings.ToLower(path)))
	if strings.Contains(p, `\`) {
		return true
	}
	for segment := range strings.SplitSeq(p, "/") {
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}

// bareEscapes takes the escapes off every "%", however often it was escaped, in
// one pass: a path is a stranger's, and may be 64 KiB of them.
func bareEscapes(path string) string {
	if !strings.Contains(path, "%25") {
		return path
	}
	var b strings.Builder
	for {
		before, rest, more := strings.Cut(path, "%")
		b.WriteString(before)
		if !more {
			return b.String()
		}
		b.WriteByte('%')
		for strings.HasPrefix(rest, "25") {
			rest = rest[len("25"):]
		}
		path = rest
	}
}
