package git_test

import (
	"regexp"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/protocol/protocoltest"
)

// SEC-92, GIT-10: whatever stdin holds, the canary goes only to a request of which every
// line that could name a place names its own; nothing else is erased; nothing panics; and
// stderr never has it.
func FuzzRequest(f *testing.F) {
	for _, row := range refused {
		if len(row.text) < 4096 {
			f.Add([]byte(row.text))
		}
	}
	for _, text := range []string{
		"protocol=https\nhost=victim.example\n", "url=https://alice@victim.example:443/x\n", "protocol=HTTPS\r\nhost=Victim.Example.\r\n\r\nhost=nope\n",
		"capability[]=authtype\nwwwauth[]=Basic\nprotocol=https\nhost=victim.example:\nusername=alice\npassword=" + canary + "\n",
		"protocol=https\nhost=victim.example\nhost=victim.example\n", "url=https://victim.example\nprotocol=https\npassword=" + canary,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		w := protocoltest.NewWorld()
		w.Login(t, helper.Credential{
			Entry:  helper.Entry{Key: helper.Key{Target: https("victim.example", ""), User: helper.Named("alice")}, Kind: helper.Basic},
			Secret: helper.NewSecret(canary),
		})
		request := string(text)
		ours := namesVictim(request)
		answered := client(w.Helper).Run(t, request, "get")
		if told := strings.Contains(answered.Stdout, canary); told && !ours {
			t.Fatalf("%q is told %q", request, answered.Stdout)
		}
		if again := client(w.Process()).Run(t, request, "get"); again != answered {
			t.Fatalf("%q is told %+v, then %+v", request, answered, again)
		}
		for _, in := range []string{request, "password=" + canary + "\n" + request} {
			client(w.Process()).Run(t, in, "erase")
			if left := len(w.Store.Records()); left == 0 && !ours {
				t.Fatalf("%q erased it", in)
			}
		}
	})
}

var (
	victimHost = regexp.MustCompile(`^(?i:victim\.example)\.?(:0*443|:)?\r?$`)
	victimURL  = regexp.MustCompile(`^(?i:https)://([^@/?#]*@)?(?i:victim\.example)\.?(:0*443|:)?([/?#].*)?\r?$`)
)

// namesVictim is a second reader, far simpler: every line of the first block that
// begins with a name of a place must have the victim's, CR and NUL stand nowhere
// within.
func namesVictim(request string) bool {
	named := false
	for line := range strings.SplitSeq(request, "\n") {
		if line == "" || line == "\r" {
			break
		}
		value, ok := "", false
		switch {
		case strings.HasPrefix(line, "host="):
			value, ok = strings.TrimPrefix(line, "host="), true
			named = true
			if !victimHost.MatchString(value) {
				return false
			}
		case strings.HasPrefix(line, "protocol="):
			value, ok = strings.TrimPrefix(line, "protocol="), true
			if strings.ToLower(strings.TrimSuffix(value, "\r")) != "https" {
				return false
			}
		case strings.HasPrefix(line, "url="):
			value, ok = strings.TrimPrefix(line, "url="), true
			named = true
			if !victimURL.MatchString(value) {
				return false
			}
		}
		if ok && strings.ContainsAny(strings.TrimSuffix(value, "\r"), "\r\x00") {
			return false
		}
	}
	return named
}
