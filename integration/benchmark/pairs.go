package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A command is one process to measure.
type command struct {
	name  string
	home  home
	path  string
	args  []string
	stdin func(i int) string // of the i-th run
	want  string             // in its output; "" for no output at all
}

// A row compares two commands; goal is what the ratio is to be, as text.
type row struct {
	a, b  command
	goal  string
	pairs int // 0: as many as usual
}

// exec makes the i-th run of c, with its input in a file, as cheap as can be.
func (b *bench) exec(c command, i int) (*exec.Cmd, error) {
	path := c.path
	if !filepath.IsAbs(path) && path != "git" {
		path = filepath.Join(b.bin, path)
	}
	cmd := exec.Command(path, c.args...)
	cmd.Env, cmd.Dir = c.home.env(b.bin), c.home.dir
	input, err := os.Create(filepath.Join(b.scratch, "input"))
	if err != nil {
		return nil, err
	}
	if _, err := input.WriteString(c.stdin(i)); err != nil {
		return nil, err
	}
	if _, err := input.Seek(0, 0); err != nil {
		return nil, err
	}
	cmd.Stdin = input
	return cmd, nil
}

// once runs c and checks what it says: a row about a program that fails would
// be a row about nothing.
func (b *bench) once(c command, i int) error {
	cmd, err := b.exec(c, i)
	if err != nil {
		return err
	}
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	err = cmd.Run()
	good := strings.Contains(out.String(), c.want) && (c.want != "" || out.Len() == 0)
	if err != nil || !good {
		return fmt.Errorf("%s: %v, %d bytes of output, stderr: %s", c.name, err, out.Len(), stderr.String())
	}
	return nil
}

func (b *bench) time(c command, i int) (time.Duration, error) {
	cmd, err := b.exec(c, i)
	if err != nil {
		return 0, err
	}
	defer cmd.Stdin.(*os.File).Close()
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return 0, fmt.Errorf("%s: %w", c.name, err)
	}
	return time.Since(start), nil
}

func (b *bench) table(title string, rows []row) error {
	fmt.Printf("\n### %s\n\n| A | B | A, ms | B, ms | A/B | paired A/B | goal |\n|---|---|---|---|---|---|---|\n", title)
	for _, r := range rows {
		as, bs, err := b.compare(r)
		if err != nil {
			return err
		}
		ratios := make([]float64, len(as))
		for i := range as {
			ratios[i] = as[i] / bs[i]
		}
		slices.Sort(ratios)
		slices.Sort(as)
		slices.Sort(bs)
		fmt.Printf("| %s | %s | %s | %s | %.2f | %.2f | %s |\n", r.a.name, r.b.name,
			spread(as), spread(bs), median(as)/median(bs), median(ratios), r.goal)
	}
	return nil
}

// compare returns the milliseconds of both commands, pair by pair.
func (b *bench) compare(r row) (as, bs []float64, err error) {
	pairs := r.pairs
	if pairs == 0 {
		pairs = b.pairs
	}
	for i, c := range []command{r.a, r.b} {
		if err := b.once(c, pairs+i); err != nil {
			return nil, nil, err
		}
	}
	for i := range pairs {
		var took [2]time.Duration
		for k := range 2 {
			which := (i + k) % 2
			if took[which], err = b.time([]command{r.a, r.b}[which], i); err != nil {
				return nil, nil, err
			}
		}
		as, bs = append(as, ms(took[0])), append(bs, ms(took[1]))
	}
	return as, bs, nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// median is of a sorted slice.
func median(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[n/2] + sorted[(n-1)/2]) / 2
}

func spread(sorted []float64) string {
	return fmt.Sprintf("%.2f (%.2f to %.2f)", median(sorted), sorted[0], sorted[len(sorted)-1])
}
