package integration_test

import (
	"fmt"
	"regexp"
	"sync"
	"testing"
)

// 200 processes at once store, read and erase on overlapping keys: every record
// that nobody erased is there, whole, and every call ends (STO-26, GIT-71).
func TestCrowd(t *testing.T) {
	t.Parallel()
	const processes = 200
	h := newHome(t)
	h.unhurried()
	request := func(host int, user string) string {
		return fmt.Sprintf("protocol=https\nhost=host-%d.example\nusername=%s\n", host, user)
	}
	// The shared key's passwords begin and end alike, so a torn one would show.
	password := func(i int) string { return fmt.Sprintf("%d-%0500d-%d", i, 0, i) }
	shared := regexp.MustCompile(`^(?:username=shared\npassword=(\d+)-0{500}-(\d+)\n)?$`)
	whole := func(answer string) bool {
		found := shared.FindStringSubmatch(answer)
		return found != nil && found[1] == found[2]
	}

	var all sync.WaitGroup
	for i := range processes {
		host := i % 5
		all.Go(func() {
			var r result
			switch i % 4 {
			case 0: // a record of its own
				r = h.run(request(host, fmt.Sprint("user-", i))+fmt.Sprintf("password=%d\n\n", i), "keyglot", "git", "store")
			case 1:
				r = h.run(request(host, "shared")+"password="+password(i)+"\n\n", "keyglot", "git", "store")
			case 2:
				r = h.run(request(host, "shared")+"\n", "keyglot", "git", "get")
				if !whole(r.out) {
					t.Errorf("a torn record: %v", r)
				}
			case 3: // a stale reject
				r = h.run(request(host, "shared")+"password=stale\n\n", "keyglot", "git", "erase")
			}
			if r.rc != 0 || r.stderr != "" {
				t.Errorf("%v", r)
			}
		})
	}
	all.Wait()

	for i := 0; i < processes; i += 4 {
		user := fmt.Sprint("user-", i)
		want := fmt.Sprintf("username=%s\npassword=%d\n", user, i)
		if got := h.must(request(i%5, user)+"\n", "keyglot", "git", "get"); got != want {
			t.Errorf("%s is lost: %q", user, got)
		}
	}
	for host := range 5 {
		if got := h.must(request(host, "shared")+"\n", "keyglot", "git", "get"); got == "" || !whole(got) {
			t.Errorf("the shared record of host %d: %q", host, got)
		}
	}
}
