package cli

import (
	"cmp"
	"context"

	"keyglot/helper"
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
	CheckURL  *string  `json:"check_url"` // what is asked at login
	Note      *string  `json:"note"`
}

func (providersCommand) Run(_ context.Context, a *app) error {
	s, err := a.settings()
	if err != nil {
		return err
	}
	view := providersView{Schema: "auth.providers/1"}
	parts := []any{}
	rows := [][]string{{"ID", "KINDS", "USER", "HOSTS"}}
	for _, p := range s.presets() {
		v := providerView{
			ID: p.ID, Hosts: append([]string{}, p.Hosts...), Kinds: []string{}, BasicUser: optional(p.BasicUser), Header: optional(p.Header),
			Variables: []string{}, CreateURL: optional(p.CreateURL), RevokeURL: optional(p.RevokeURL), CheckURL: optional(cmp.Or(p.CheckURL, p.Check.URL)), Note: optional(p.Note),
		}
		for _, kind := range p.Kinds {
			v.Kinds = append(v.Kinds, string(kind))
		}
		for _, variable := range p.Variables {
			v.Variables = append(v.Variables, variable.Name)
		}
		view.Providers, parts = append(view.Providers, v), append(parts, v)
		hosts := join(", ", p.Hosts...)
		if len(p.Hosts) > 2 {
			hosts = join(", ", p.Hosts[:2]...) + ", ..."
		}
		rows = append(rows, []string{p.ID, join(", ", v.Kinds...), cmp.Or(p.BasicUser, "-"), cmp.Or(hosts, "-")})
	}
	return a.emit(result{text: a.table(true, rows), value: view, lines: parts})
}

// presets are the services that are built in, as the configuration changes
// them.
func (s *settings) presets() provider.Catalogue {
	var own []provider.Preset
	for _, p := range s.Providers {
		preset := provider.Preset{ID: p.ID, Hosts: p.Hosts, BasicUser: p.BasicUser, Header: p.Header, CreateURL: p.CreateURL, RevokeURL: p.RevokeURL, CheckURL: p.CheckURL}
		for _, kind := range p.Kinds {
			preset.Kinds = append(preset.Kinds, helper.Kind(kind))
		}
		own = append(own, preset)
	}
	return provider.With(own)
}
