package cli

import (
	"strings"
	"unicode"
)

const gap = 2 // between columns

// table aligns columns. A line is as long as it must be, so that grep and its
// kin find a row whole. On a terminal that is narrower, a cell that is much
// longer than the others of its column breaks its own row instead of pushing
// all of them out of sight. The first row is a heading if heading is true.
func (a *app) table(heading bool, rows [][]string) string {
	widths := natural(rows)
	if a.Width != nil {
		if room := a.Width(1); room > 0 {
			fit(widths, rows, room)
		}
	}
	var b strings.Builder
	for n, row := range rows {
		text := layOut(row, widths)
		if heading && n == 0 {
			text = a.bold(text)
		}
		b.WriteString(text + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// natural are the widths in which every cell has room.
func natural(rows [][]string) []int {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columns(cell))
		}
	}
	return widths
}

// fit narrows columns until a line has room, each to its longest cell that is
// shorter, and none below its first: always the one where that breaks the fewest
// rows for what it gains.
func fit(widths []int, rows [][]string, room int) {
	last := len(widths) - 1
	for {
		need := 0
		for i, w := range widths {
			if i == last {
				w = min(w, narrow)
			}
			need += w + gap
		}
		best, price, to := -1, 0.0, 0
		for i := range max(last, 0) {
			shorter, broken := step(widths[i], i, rows)
			if p := float64(broken) / float64(widths[i]-shorter); shorter > 0 && (best < 0 || p < price) {
				best, price, to = i, p, shorter
			}
		}
		if need-gap <= room || best < 0 {
			return
		}
		widths[best] = to
	}
}

// step is the next narrower width of column i, and how many rows it breaks. It
// is 0 where there is none.
func step(width, i int, rows [][]string) (shorter, broken int) {
	for _, row := range rows {
		if n := columns(row[i]); n < width {
			shorter = max(shorter, n)
		} else {
			broken++
		}
	}
	if shorter < columns(rows[0][i]) {
		return 0, 0
	}
	return shorter, broken
}

// layOut is one row. A cell that is longer than its column ends its line.
func layOut(row []string, widths []int) string {
	var done []string
	line, at, start := "", 0, 0
	for i, cell := range row {
		if at > start {
			done, line, at = append(done, line), "", 0
		}
		line += strings.Repeat(" ", start-at)
		if i == len(row)-1 {
			cell = wrap(cell, start)
		}
		line += cell
		at, start = start+columns(cell), start+widths[i]+gap
		if at+gap > start {
			at = start + 1
		}
	}
	done = append(done, line)
	for i, line := range done {
		done[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(done, "\n")
}

// columns is how many cells of a terminal a text takes.
func columns(text string) int {
	n := 0
	for _, r := range text {
		switch {
		case r < 0x300:
			n++
		case unicode.Is(unicode.Mn, r):
		case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana), r >= 0xff01 && r <= 0xff60, r >= 0x3000 && r <= 0x303f:
			n += 2
		default:
			n++
		}
	}
	return n
}

// narrow is the room that is not worth breaking a text in.
const narrow = 20

// wrap breaks a text that begins at a column so that it fits 80 columns.
func wrap(text string, column int) string {
	const width = 80
	if width-column < narrow {
		return text
	}
	return fold(strings.Split(text, " "), column, column, width)
}

// fold sets words that begin at column at, and breaks before those that a width
// has no room for; what follows begins at column indent.
func fold(words []string, at, indent, width int) string {
	var b strings.Builder
	for i, word := range words {
		size := columns(word)
		switch {
		case i == 0:
		case at+1+size > width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at = indent
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += size
	}
	return b.String()
}
