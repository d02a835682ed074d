package cli

import (
	"slices"
	"testing"
)

// TestMany: an answer picks some of a few: by number, by name, or all; what is
// half understood picks none (AUTH-52, B7).
func TestMany(t *testing.T) {
	t.Parallel()
	options := []string{"https://a.example as ann", "https://b.example", "3"}
	for _, row := range []struct {
		answer string
		want   []int
	}{
		{"1", []int{0}},
		{"2 1", []int{0, 1}},
		{"1,2", []int{0, 1}},
		{"1, 1 ,2", []int{0, 1}},
		{"https://a.example as ann", []int{0}},
		{"https://b.example 1", []int{0, 1}},
		{"3", []int{2}},
		{"all", []int{0, 1, 2}},
		{"", nil},
		{",", nil},
		{"0", nil},
		{"4", nil},
		{"1 4", nil},
		{"1-3", nil},
		{"a.example", nil},
	} {
		if got := many(row.answer, options); !slices.Equal(got, row.want) {
			t.Errorf("%q: %v, want %v", row.answer, got, row.want)
		}
	}
}
