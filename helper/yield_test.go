package helper_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"keyglot/helper"
)

// AUTH-66: an item goes if all of it was imported, and with all items of its
// accounts; what its tool renews meanwhile keeps its accounts' other items.
func TestYieldPiecesAUTH66(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for name, row := range map[string]struct {
		pieces string // a word each: its accounts; "+" behind one: it is not removed; "!": an error
		stale  string // an account of which nothing was imported
		gone   string
		n      int
		err    error
	}{
		"all of them":                    {pieces: "a b", gone: "a b", n: 2},
		"none":                           {pieces: "", n: 0},
		"one was not imported":           {pieces: "a b", stale: "a", gone: "b", n: 1},
		"one item for two":               {pieces: "ab", gone: "ab", n: 2},
		"half of an item":                {pieces: "ab c", stale: "b", gone: "c", n: 1},
		"an account of two items":        {pieces: "a a", gone: "a a", n: 1},
		"what shares an item, both ways": {pieces: "ab bc d c", stale: "a", gone: "d", n: 1},
		"and the other way round":        {pieces: "c bc d ab", stale: "a", gone: "d", n: 1},
		"one was renewed":                {pieces: "a+ b", gone: "b", n: 1},
		"the first of two was renewed":   {pieces: "a+ a b", gone: "b", n: 1},
		"the second of two was renewed":  {pieces: "a a+ b", gone: "a b", n: 1},
		"an error ends it":               {pieces: "a b! c", gone: "a", n: 1, err: boom},
	} {
		var gone []string
		var pieces []helper.Piece
		for _, word := range strings.Fields(row.pieces) {
			p := helper.Piece{Remove: func() (bool, error) {
				if strings.HasSuffix(word, "!") {
					return false, boom
				}
				if !strings.HasSuffix(word, "+") {
					gone = append(gone, word)
				}
				return !strings.HasSuffix(word, "+"), nil
			}}
			for _, account := range strings.TrimRight(word, "+!") {
				p.Holds = append(p.Holds, helper.Foreign(https("h.example", ""), helper.Named(string(account)), helper.NewSecret("s")))
			}
			pieces = append(pieces, p)
		}
		n, err := helper.YieldPieces(t.Context(), pieces, func(c helper.Credential) (bool, error) { return c.User.Name != row.stale, nil })
		if n != row.n || !errors.Is(err, row.err) || !slices.Equal(gone, strings.Fields(row.gone)) {
			t.Errorf("%s: %d, %v: %q went", name, n, err, gone)
		}
	}
}
