package cli

import (
	"keyglot/helper/provider"
)

type providersCommand struct{}

type providersView struct {
	Schema    string         `json:"schema"` // auth.providers/1
	Providers []providerView `json:"providers"`
}

type providerView struct {
	ID        string   `json:"id"`
	Hosts     []string `json:"hosts"`
	Kinds     []string `json:"kinds"`
	BasicUser *string  `json:"basic_user"`
	Header    *string  `json:"header"`
	Variables []string `json:"variables"`
	CreateURL *string  `json:"create_url"`
	RevokeURL *string  `json:"revoke_url"`
	Note      *string  `json:"note"`
}

func (providersCommand) Run(a *app) error {
	view := providersView{Schema: "auth.providers/1"}
	parts := []any{}
	rows := [][]string{{"ID", "KINDS", "USER", "HOSTS"}}
	for _, p := range provider.All() {
		v := providerView{
			ID: p.ID, Hosts: append([]string{}, p.Hosts...), Kinds: []string{}, BasicUser: optional(p.BasicUser), Header: optional(p.Header),
			Variables: append([]string{}, p.Variables...), CreateURL: optional(p.CreateURL), RevokeURL: optional(p.RevokeURL), Note: optional(p.Note),
		}
		for _, kind := range p.Kinds {
			v.Kinds = append(v.Kinds, string(kind))
		}
		view.Providers, parts = append(view.Providers, v), append(parts, v)
		hosts := join(", ", p.Hosts...)
		if len(p.Hosts) > 2 {
			hosts = join(", ", p.Hosts[:2]...) + ", ..."
		}
		rows = append(rows, []string{p.ID, join(", ", v.Kinds...), either(p.BasicUser, "-"), either(hosts, "-")})
	}
	return a.emit(result{text: a.table(true, rows), value: view, lines: parts})
}
