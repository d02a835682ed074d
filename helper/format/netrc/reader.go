package netrc

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Reader is a program, or a family of them, that reads netrc text its own way.
type Reader string

// The readers of matrix/matrix.txt.
const (
	Curl      Reader = "curl" // and libcurl, so git without a helper
	Wget      Reader = "wget"
	Wget2     Reader = "wget2"
	Python    Reader = "python"             // 3.11 and later: netrc, requests, pip
	OldPython Reader = "python before 3.11" // takes quotes literally
	Go        Reader = "go"
	Buf       Reader = "buf"
	Git       Reader = "git" // its contrib script git-credential-netrc
)

// Readers are those that a person may name.
func Readers() []Reader { return []Reader{Curl, Wget, Wget2, Python, Go, Buf, Git} }

// everyReader is the order in which readers are told.
func everyReader() []Reader { return []Reader{Curl, Wget, Wget2, Python, OldPython, Go, Buf, Git} }

// A trait is something about a value that readers disagree on, and who of them
// misreads a value that has it, written bare and written in quotes.
type trait struct {
	has          func(value string) bool
	bare, quoted []Reader
}

// traits is matrix/matrix.txt turned around; a test holds them together.
// Quotes of any kind are part of the value for wget2, older Pythons, Go and buf.
func traits() []trait {
	all, none := everyReader(), []Reader(nil)
	literal := []Reader{Wget2, OldPython, Go, Buf}
	return []trait{
		{func(string) bool { return true }, none, literal},
		{func(v string) bool { return v == "" }, all, none},
		{func(v string) bool { return strings.Contains(v, " ") }, all, none},
		{func(v string) bool { return strings.HasPrefix(v, `"`) }, []Reader{Curl, Wget, Python}, none},
		{func(v string) bool { return strings.HasPrefix(v, `"`) && strings.Count(v, `"`) > 1 }, []Reader{Git}, none},
		{func(v string) bool { return strings.Contains(v, `"`) }, none, []Reader{Git}},
		{func(v string) bool { return strings.HasPrefix(v, "#") }, []Reader{Curl, Wget, Buf}, none},
		{func(v string) bool { return strings.Contains(v, `\`) }, []Reader{Wget, Python, Git}, none},
		{isReserved, []Reader{Buf}, none},
		{func(v string) bool { return !isASCII(v) }, []Reader{OldPython, Buf}, none},
		{func(v string) bool { return !utf8.ValidString(v) }, []Reader{Python}, []Reader{Python}},
		{hasWideSpace, []Reader{Go}, none},
	}
}

// isReserved tells the words that buf never takes for a value.
func isReserved(v string) bool {
	return strings.EqualFold(v, "machine") || strings.EqualFold(v, "default")
}

func isASCII(v string) bool {
	return strings.IndexFunc(v, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// hasWideSpace tells blanks outside ASCII, which some readers split at.
func hasWideSpace(v string) bool {
	return strings.IndexFunc(v, func(r rune) bool { return r >= utf8.RuneSelf && unicode.IsSpace(r) }) >= 0
}

// misreaders are the readers to which a value means something else.
func misreaders(value string, quoted bool) []Reader {
	var who []Reader
	for _, t := range traits() {
		if t.has(value) {
			if quoted {
				who = append(who, t.quoted...)
			} else {
				who = append(who, t.bare...)
			}
		}
	}
	return inOrder(who)
}

// inOrder names every reader once.
func inOrder(who []Reader) []Reader {
	return slices.DeleteFunc(everyReader(), func(r Reader) bool { return !slices.Contains(who, r) })
}
