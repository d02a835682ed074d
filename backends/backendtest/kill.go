package backendtest

import (
	"bufio"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
)

// testKill kills a writer at random points, often just after it said that a
// record is stored.
func testKill(t *testing.T, s Suite) {
	f := newFixture(t, s)
	kept := f.record(s.beside("kept"), "kept")
	f.save(kept)
	last := 0
	for range s.some(24) {
		said := f.killed(last + 1)
		f = f.again()
		c, err := f.store.Load(f.Context(), sharedKey)
		if err != nil && (last > 0 || !errors.Is(err, helper.ErrNotFound)) {
			t.Fatalf("after kill -9: %v", err)
		}
		if err == nil {
			n, err := whole(s.Backend, c)
			if err != nil || n < said || n > said+1 {
				t.Fatalf("after kill -9 behind %d: record %d, %v", said, n, err)
			}
			last = n
		}
		f.holds(kept)
		kept.Gen++
		f.save(kept) // nothing that the dead one left stands in the way
	}
}

// killed starts a writer, kills it and returns the last number it said it had stored.
func (f fixture) killed(from int) int {
	f.Helper()
	cmd := f.command(order{Role: "loop", N: from})
	wait, err := descendants(cmd)
	if err != nil {
		f.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		f.Fatal(err)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		f.Fatal(err)
	}
	said := from - 1
	lines := bufio.NewScanner(out)
	for range rand.IntN(4) {
		if !lines.Scan() {
			break
		}
		said, _ = strconv.Atoi(lines.Text())
	}
	<-time.After(rand.N(8 * time.Millisecond)) // not to wait for anything: so that each kill hits another place
	_ = cmd.Process.Kill()
	for lines.Scan() {
		said, _ = strconv.Atoi(lines.Text())
	}
	if err := cmd.Wait(); err == nil || stderr.Len() > 0 {
		f.Fatalf("writer: %v\n%s", err, stderr.String())
	}
	if err := wait(); err != nil { // a program that it started may be writing yet
		f.Fatal(err)
	}
	return said
}
