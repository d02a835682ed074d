package provider_test

import (
	"testing"

	"keyglot/helper"
	"keyglot/helper/provider"
)

// AUTH-37, AUTH-61: where a credential is checked. One for another server never
// goes to the public one, also if the preset was named by hand.
func TestCheckOf(t *testing.T) {
	t.Parallel()
	c := provider.With([]provider.Preset{
		{ID: "github", Hosts: []string{"git.corp.example"}, CheckURL: "https://git.corp.example/api/v3/user"},
		{ID: "prefix", Hosts: []string{"conda.corp.example"}},
		{ID: "corp", Hosts: []string{"pkg.corp.example", "two.corp.example", "*.pkg.corp.example"}, CheckURL: "https://pkg.corp.example/me"},
	})
	for _, row := range []struct{ id, target, remote, want string }{
		{"github", "https://github.com", "", "https://api.github.com/user"},
		{"github", "https://git.corp.example", "", "https://git.corp.example/api/v3/user"},
		{"github", "https://forge.example", "", ""},
		{"github", "https://forge.example", "https://forge.example", "https://forge.example/api/v3/user"},
		{"github", "http://localhost:3000", "", ""},
		{"github", "http://localhost:3000", "http://localhost:3000", "http://localhost:3000/api/v3/user"},
		{"prefix", "https://repo.prefix.dev", "", "https://prefix.dev/api/graphql"},
		{"prefix", "https://conda.corp.example", "", ""},
		{"baseten", "https://app.baseten.co", "", "https://api.baseten.co/v1/users/me"},
		{"baseten", "https://app.b10.example", "https://app.b10.example", "https://api.b10.example/v1/users/me"},
		{"corp", "https://pkg.corp.example", "", "https://pkg.corp.example/me"},
		{"corp", "https://two.corp.example", "", ""},
		{"corp", "https://a.pkg.corp.example", "", ""},
		{"github", "https://forge.example", "https://FORGE.example:443/", "https://forge.example/api/v3/user"},
		{"github", "https://forge.example", "http://forge.example", ""}, // AUTH-39: a record that was imported has any
		{"github", "https://forge.example", "forge.example", ""},
		{"github", "https://forge.example", "https://u@forge.example", ""},
		{"github", "https://forge.example", "https://forge.example/a", ""},
		{"github", "https://forge.example", "https://forge.example?a", ""},
		{"github", "https://forge.example", "ftp://forge.example", ""},
		{"gitlab", "https://gitlab.com", "", ""},
		{"gitlab", "https://gitlab.com", "https://gitlab.com", ""},
	} {
		a, err := helper.SplitAddress(row.target)
		if err != nil {
			t.Fatal(err)
		}
		target, err := a.Target("")
		if err != nil {
			t.Fatal(err)
		}
		p, _ := c.ByID(row.id)
		if check, ok := p.CheckOf(target, row.remote); check.URL != row.want || ok != (row.want != "") {
			t.Errorf("%s, %s, %q: %q", row.id, row.target, row.remote, check.URL)
		}
	}
}
