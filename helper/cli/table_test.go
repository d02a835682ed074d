package cli

import "testing"

// TestTable: one long name does not push the other rows out of sight, and only
// where a person looks.
func TestTable(t *testing.T) {
	t.Parallel()
	heading := []string{"SERVICE", "ACCOUNT", "KIND"}
	short := []string{"https://a.example", "ann *", "basic"}
	for _, row := range []struct {
		name  string
		width int
		rows  [][]string
		want  string
	}{
		{"everything has room", 80, [][]string{heading, short}, "SERVICE            ACCOUNT  KIND\nhttps://a.example  ann *    basic"},
		{
			"one is too long", 40,
			[][]string{heading, {"https://long.example/with/a/path", "ann", "basic"}, short},
			"SERVICE            ACCOUNT  KIND\nhttps://long.example/with/a/path\n                   ann      basic\nhttps://a.example  ann *    basic",
		},
		{
			"two in a row are", 44,
			[][]string{heading, {"https://long.example/with/a/path", "someone@long.example", "basic"}, short},
			"SERVICE            ACCOUNT  KIND\nhttps://long.example/with/a/path\n                   someone@long.example\n                            basic\nhttps://a.example  ann *    basic",
		},
		{
			"in a file it is long", 0,
			[][]string{heading, {"https://long.example/with/a/path", "ann", "basic"}, short},
			"SERVICE                           ACCOUNT  KIND\nhttps://long.example/with/a/path  ann      basic\nhttps://a.example                 ann *    basic",
		},
		{
			"where it breaks the fewest rows", 34,
			[][]string{heading, {"https://a.example", "someone@long", "basic"}, short, short},
			"SERVICE            ACCOUNT  KIND\nhttps://a.example  someone@long\n                            basic\nhttps://a.example  ann *    basic\nhttps://a.example  ann *    basic",
		},
		{"wide characters", 80, [][]string{heading, {"x", "日本 *", "basic"}, {"y", "éé", "basic"}}, "SERVICE  ACCOUNT  KIND\nx        日本 *   basic\ny        éé       basic"},
		{"a narrow terminal is no endless loop", 3, [][]string{heading, short}, "SERVICE  ACCOUNT  KIND\nhttps://a.example\n         ann *    basic"},
		{"one column", 3, [][]string{{"abcdef"}}, "abcdef"},
		{"nothing", 3, nil, ""},
		{"an empty cell at the end", 80, [][]string{{"a", "b", ""}}, "a  b"},
	} {
		a := &app{Process: Process{Width: func(int) int { return row.width }}}
		if got := a.table(true, row.rows); got != row.want {
			t.Errorf("%s:\n%s\nwant\n%s", row.name, got, row.want)
		}
	}
}
