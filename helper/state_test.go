package helper_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// GIT-75, SEC-1, STO-28: every get reads the marks, so they stay few and short, however many targets a server
// brings up and however long their paths are. The newest are kept, and each is for its own path alone.
func TestMarksStayFewAndShort(t *testing.T) {
	t.Parallel()
	w := helpertest.New("file").Add(login(site, "ann", "S"))
	long := func(i int) helper.Target {
		return https("git.example", strings.Repeat("é", 30_000)+fmt.Sprint("/", i))
	}
	for i := range 150 {
		erases(gitErase(long(i), "ann", "S"))(t, w)
	}
	size := 0
	for _, r := range w.State.S.Rejected {
		size += len(r.ID) + len(r.Target.String())
	}
	if len(w.State.S.Rejected) != 100 || size > 40_000 {
		t.Errorf("%d marks of %d bytes", len(w.State.S.Rejected), size)
	}
	gets(long(149), "none")(t, w)
	gets(long(60), "none")(t, w)
	gets(long(150), "S")(t, w)
	gets(long(0), "S")(t, w)
}

// GIT-75: marks that are over go with the next write, whatever that is about.
func TestMarksThatAreOverGo(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]step{
		"another mark":     erases(gitErase(https("git.example", "x"), "ann", "S")),
		"a second account": put(loginPut("bob", "B")),
	} {
		w := helpertest.New("file").Add(login(site, "ann", "S"))
		erases(gitErase(repo, "ann", "S"))(t, w)
		w.Clock = w.Clock.Add(61 * time.Minute)
		change(t, w)
		for _, r := range w.State.S.Rejected {
			if r.Target == repo {
				t.Errorf("%s: %v is left", name, r)
			}
		}
	}
}

// GIT-75: a mark lasts an hour. One that lasts longer was made while the clock was wrong, and silences nothing.
func TestMarksOfAWrongClock(t *testing.T) {
	t.Parallel()
	w := helpertest.New("file").Add(login(site, "ann", "S"))
	now := w.Clock
	w.Clock = time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	erases(gitErase(repo, "ann", "S"))(t, w)
	gets(repo, "none")(t, w)
	w.Clock = now
	gets(repo, "S")(t, w)
	listed, err := w.List(t.Context(), helper.Query{})
	if err != nil || len(listed) != 1 || len(listed[0].Rejected) != 0 {
		t.Errorf("listed: %+v, %v", listed, err)
	}
	erases(gitErase(https("git.example", "x"), "ann", "S"))(t, w)
	if len(w.State.S.Rejected) != 1 {
		t.Errorf("marks: %v", w.State.S.Rejected)
	}
}
