package linecut_test

import (
	"testing"

	"keyglot/helper/linecut"
)

func TestDrop(t *testing.T) {
	t.Parallel()
	const text = "a\r\n\nb\nc"
	for name, row := range map[string]struct {
		gone []int
		want string
	}{
		"none":                 {nil, text},
		"the first":            {[]int{1}, "\nb\nc"},
		"the last":             {[]int{4}, "a\r\n\nb\n"},
		"what is not there":    {[]int{0, 5}, text},
		"an empty one and all": {[]int{1, 2, 3, 4}, ""},
	} {
		gone := map[int]bool{}
		for _, n := range row.gone {
			gone[n] = true
		}
		if got := linecut.Drop([]byte(text), gone); string(got) != row.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
