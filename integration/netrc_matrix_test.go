package integration_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"keyglot/helper/format/netrc"
	"keyglot/helper/format/netrc/matrix"
)

// The matrix that package netrc is built on is what the programs do.
func TestNetrcMatrix(t *testing.T) {
	t.Parallel()
	cases, err := matrix.Cases()
	if err != nil {
		t.Fatal(err)
	}
	var list []question
	for _, c := range cases {
		list = append(list, question{c.Text, c.User, c.Host, c.Port})
	}
	for _, reader := range netrcReaders() {
		t.Run(reader.name, func(t *testing.T) {
			t.Parallel()
			need(t, reader.needs...)
			b := newReaderBench(t)
			name := b.called(reader.name)
			for i, got := range reader.answer(b, list) {
				if name == "curl" && !cases[i].Agreed() {
					continue // only curl 7 was measured
				}
				if want, known := cases[i].Cell(name); known && got != want {
					t.Errorf("%s: got %.60q, the matrix has %.60q", cases[i].Name, got, want)
				}
			}
		})
	}
}

// NET-14 to NET-17: what the writer writes reads back as it was in every reader
// that is not named with it, and not in one that is.
func TestNetrcWriter(t *testing.T) {
	t.Parallel()
	values := netrcValues()
	var rows []written
	for i, value := range values {
		login := "u"
		if i%3 == 0 {
			login = "u" + values[(i+7)%len(values)]
		}
		for _, rules := range []netrc.Rules{{}, {For: netrc.Readers()[i%7:][:1]}} {
			line, err := rules.Line("h", login, value)
			if errors.Is(err, netrc.ErrUnportable) && len(rules.For) > 0 {
				continue
			}
			if err != nil {
				t.Fatalf("%q: %v", value, err)
			}
			if good := portable(value) && portable(login) && len(line.Text) < 4096; len(rules.For) == 0 && good != (len(line.Misread) == 0) {
				t.Errorf("%.80q: portable %v, misread by %v", value, good, line.Misread)
			}
			rows = append(rows, written{question{line.Text, "", "h", ""}, login + ":" + value, rules.For, line.Misread})
		}
	}
	for _, reader := range netrcReaders() {
		t.Run(reader.name, func(t *testing.T) {
			t.Parallel()
			need(t, reader.needs...)
			var own []written
			var list []question
			for _, row := range rows {
				if len(row.readers) == 0 || slices.Contains(row.readers, netrc.Reader(reader.name)) {
					own, list = append(own, row), append(list, row.question)
				}
			}
			b := newReaderBench(t)
			called, name := b.called(reader.name), netrc.Reader(reader.name)
			if called == "oldpython" {
				name = netrc.OldPython
			}
			for i, got := range reader.answer(b, list) {
				own[i].check(t, name, called != "curl", got)
			}
		})
	}
}

// written is a line of the writer, what it means, whom it was written for, and
// who is said to misread it.
type written struct {
	question
	means   string
	readers []netrc.Reader
	misread []netrc.Reader
}

func (w written) check(t *testing.T, reader netrc.Reader, measured bool, got string) {
	t.Helper()
	switch {
	case !slices.Contains(w.misread, reader):
		if got != w.means {
			t.Errorf("%.80q: read as %.80q", w.text, got)
		}
	case got == w.means && measured && reader != netrc.Buf: // buf reads UTF-8, and sends what no header may hold
		t.Errorf("%.80q: read rightly", w.text)
	}
}

// portable is NET-15's definition of a value that means the same to all.
func portable(value string) bool {
	return value != "" && value[0] != '"' && value[0] != '#' &&
		strings.IndexFunc(value, func(r rune) bool { return r <= 0x20 || r > 0x7e || r == '\\' }) < 0 &&
		!strings.EqualFold(value, "machine") && !strings.EqualFold(value, "default")
}

// netrcValues are words with and without what readers trip over.
func netrcValues() []string {
	values := []string{
		"a b", `a"b`, "'a", `"a`, "#a", `a\b`, "", "ä", "machine", "Default", "login", `\`, `"`, `""`, `a "b" \c`, "p\u00a0q", "p\u2003q",
		strings.Repeat("x", 4000), strings.Repeat("x", 5000),
	}
	random := rand.New(rand.NewPCG(2, 14))
	const plain = "abcXYZ019!$%&'()*+,-./:;<=>?@[]^_`{|}~#\""
	odd := []string{" ", `\`, `"`, "#", "'", "ä", "à", "日"}
	for range 24 {
		var b strings.Builder
		b.WriteByte(plain[random.IntN(len(plain)-2)])
		for range random.IntN(30) {
			b.WriteByte(plain[random.IntN(len(plain))])
		}
		values = append(values, b.String())
		for range 1 + random.IntN(2) {
			b.WriteString(odd[random.IntN(len(odd))] + "z")
		}
		values = append(values, b.String())
	}
	return values
}
