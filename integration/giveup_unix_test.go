//go:build unix

package integration_test

import (
	"strings"
	"syscall"
	"testing"
)

// TestPersonGivesUpAnywhere: Ctrl-C and a signal from outside at every question
// end with code 130 within the question; nothing is stored or removed, and the
// terminal shows again what is typed (AUTH-3, AUTH-32, and the row SIGINT of
// section 4).
func TestPersonGivesUpAnywhere(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		words  string
		typed  []string // what is seen, what is answered, before
		prompt string   // at which the person gives up
	}{
		{"auth login new.example", nil, "User name for new.example (empty for a token): "},
		{"auth login new.example", []string{"token): ", "ann"}, "Password for ann on new.example: "},
		{"auth login new.example", []string{"token): ", ""}, "Token for new.example: "},
		{"auth login new.example --password -", nil, "User name for new.example: "},
		{"auth login github.com", nil, "Token for github.com: "},
		{"auth login app.baseten.co --with-api-key", nil, "API key for app.baseten.co: "},
		{"auth switch forge.example", nil, "Which account of https://forge.example (1 to 3): "},
		{"auth switch forge.example", []string{"3): ", "x"}, "(1 to 3): "},
		{"auth logout", nil, "or all): "},
		{"auth logout forge.example", nil, "Log out which account of https://forge.example (1 to 3): "},
		{"auth logout --all", nil, "Go on? (yes or no): "},
		{"auth move --all --to plain", nil, "Go on? (yes or no): "},
		{"auth lock", nil, "New passphrase for the keyglot store: "},
		{"auth lock", []string{"store: ", "horse"}, "The same passphrase again: "},
		{"auth export keyglot --encrypt --out backup", nil, "Passphrase of the file: "},
	} {
		for name, end := range map[string]func(p *person){
			"Ctrl-C":  func(p *person) { p.types("half\x03") },
			"SIGTERM": func(p *person) { p.signal(syscall.SIGTERM) },
		} {
			t.Run(row.words+" "+name, func(t *testing.T) {
				t.Parallel()
				h := newHome(t)
				for _, user := range []string{"ann", "bob", "eve"} {
					h.login("forge.example", user, "s3cret")
				}
				before := h.state()
				p := h.at(nil, strings.Fields(row.words)...)
				for i := 0; i < len(row.typed); i += 2 {
					p.sees(row.typed[i]).types(row.typed[i+1] + "\n")
				}
				p.sees(row.prompt)
				end(p)
				code, seen := p.ends()
				if code != 130 || p.out.Len() > 0 || !strings.Contains(seen, "keyglot: interrupted") {
					t.Errorf("code %d, %q, %q", code, seen, p.out.String())
				}
				if *p.after != *p.before {
					t.Errorf("the terminal is left in another state: %+v, %+v", p.before, p.after)
				}
				h.unchanged(before)
			})
		}
	}
}
