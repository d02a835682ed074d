package cli

import (
	"fmt"
	"strings"
	"time"

	"keyglot/helper"
)

// print shows the report, and ends with what could not be read.
func (s *status) print() error {
	var parts []string
	if s.typed == nil {
		parts = append(parts, s.stores())
	}
	switch {
	case s.Explain:
		parts = append(parts, s.explanation())
	case s.typed != nil && len(s.listed) == 1 || s.Details || s.Verify:
		for i := range s.listed {
			parts = append(parts, s.one(i))
		}
	case len(s.listed) > 0:
		parts = append(parts, s.table())
	}
	if len(s.listed) == 0 && s.failed == nil && s.typed == nil {
		parts = append(parts, "No credentials stored in profile "+show(s.view.Profile)+".")
	}
	parts = append(parts, s.variables())
	if err := s.a.emit(result{text: join("\n\n", parts...), value: s.view}); err != nil {
		return err
	}
	if err := s.a.partly(nil, s.failed); err != nil {
		return err
	}
	return s.verified()
}

// notHere is why a store of another system is passed over (STO-31). The JSON
// and doctor tell it; in a table for people it is no news.
const notHere = "not on this system"

// stores says which store is in force, what it protects from, and why those
// before it were passed over.
func (s *status) stores() string {
	rows := [][]string{{"Profile:", show(s.view.Profile) + s.chosenBy()}}
	for i, b := range s.view.Backends {
		if b.State == "disabled" && text(b.Detail) == notHere {
			continue
		}
		if b.State == "disabled" {
			rows = append(rows, []string{"Passed over:", b.Name + ": " + text(b.Detail)})
			continue
		}
		label := "Also read:"
		if i == 0 {
			label = "Store:"
		}
		rows = append(rows, []string{label, b.Name + " (" + b.State + ")"})
		if b.Location != nil {
			rows = append(rows, []string{"Location:", *b.Location})
		}
		if b.Detail != nil && i == 0 {
			rows = append(rows, []string{"Protection:", *b.Detail})
		}
	}
	for _, place := range s.h.Sources {
		if place.Name == "AWS_ACCESS_KEY_ID" {
			continue // it stands with the variables
		}
		rows = append(rows, []string{"Source:", place.Name + " (" + place.Summary + "; read only)"})
	}
	return s.a.table(false, rows)
}

func (s *status) chosenBy() string {
	switch s.view.ProfileSource {
	case "flag":
		return " (--profile)"
	case "env":
		return " (KEYGLOT_PROFILE)"
	case "current":
		return " (current; what it does not have comes from default)"
	}
	return ""
}

// table lists the records with whether they can be used.
func (s *status) table() string {
	rows := [][]string{{"SERVICE", "ACCOUNT", "KIND", "PROFILE", "BACKEND", "STATE"}}
	for i, l := range s.listed {
		rows = append(rows, []string{place(l.Target), starred(l), s.kind(i), show(l.Profile), backend(l), s.state(i)})
	}
	return s.a.table(true, rows)
}

func (s *status) kind(i int) string {
	if s.records[i].Kind == "" {
		return string(s.listed[i].Kind)
	}
	return authType(s.records[i])
}

func (s *status) state(i int) string {
	word := text(s.view.Entries[i].State)
	if s.records[i].Kind != "" {
		word = state(s.records[i], s.a.Now())
	}
	for _, r := range s.listed[i].Rejected {
		word += "; set aside until " + r.Until.In(s.a.Now().Location()).Format("15:04") + ": refused for " + place(r.Target)
	}
	return word
}

// one shows a record on lines of its own.
func (s *status) one(i int) string {
	l, c := s.listed[i], s.records[i]
	covers := ""
	if l.Exact {
		covers = " (this address only)"
	}
	stored := l.Store
	switch {
	case l.Source:
		stored += " (another tool's; read only)"
	case l.Shadowed:
		stored += " (shadowed by " + l.By + ")"
	}
	name := account(l.User)
	if !l.Current && !l.Shadowed {
		name += " (not current)"
	}
	rows := [][]string{
		{"Service:", place(l.Target) + covers},
		{"Account:", name},
		{"Kind:", s.kind(i)},
		{"Profile:", show(l.Profile)},
		{"Stored in:", stored},
		{"Stored by:", join(", ", show(l.Origin), s.moment(c.Updated))},
		{"State:", s.state(i)},
	}
	if c.IsLogin() {
		rows = append(rows, []string{"Renewal:", "by itself"})
	}
	if s.Verify {
		rows = append(rows, []string{"Checked:", s.verdictOf(i)})
	}
	more := [][]string{
		{"Scopes:", show(c.Attr[attrScopes])},
		{"Note:", show(c.Attr[attrNote])},
		{"Remote:", show(c.Attr[attrRemote])},
	}
	if s.Details {
		said := claimsOf(c)
		issuer := show(c.Attr[attrIssuer])
		if issuer == "" {
			issuer = notVerified(said.Issuer)
		}
		more = append(more, []string{"Provider:", show(c.Attr[helper.AttrProvider])}, []string{"Issuer:", issuer},
			[]string{"Audience:", notVerified(said.Audience...)}, []string{"Subject:", notVerified(said.Subject)},
			[]string{"Created:", s.moment(c.Created)})
	}
	for _, row := range more {
		if row[1] != "" {
			rows = append(rows, row)
		}
	}
	return s.a.table(false, rows)
}

// moment is a time for people, "" where a store keeps none.
func (s *status) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(s.a.Now().Location()).Format("2006-01-02 15:04 MST")
}

// explanation is every source on a line.
func (s *status) explanation() string {
	rows := [][]string{{"#", "SOURCE", "SERVICE", "ACCOUNT", "STATE", "WHY"}}
	for _, v := range s.view.Sources {
		if v.State == helper.Skipped && v.Rank < 5 && v.Service == nil && s.a.talk.verbose == 0 {
			continue // a store that nothing was ever written to
		}
		name := "-"
		if v.Username != nil {
			name = account(helper.Named(*v.Username))
		}
		rows = append(rows, []string{fmt.Sprint(v.Rank), v.Source, show(text(v.Service)), name, strings.ReplaceAll(v.State, "_", " "), show(text(v.Reason))})
	}
	return s.a.table(true, rows)
}

// variables names what the environment holds.
func (s *status) variables() string {
	var rows []string
	for _, v := range s.view.Environment {
		if v.State == "shadowed" {
			rows = append(rows, v.Variable+" (environment) is shadowed by another variable")
			continue
		}
		if v.State == "unused" {
			rows = append(rows, v.Variable+" (environment) is not used: "+v.host+" names no host of [providers] in config.toml")
			continue
		}
		rows = append(rows, v.Variable+" (environment) answers for "+showWords(join(", ", v.Services...)))
	}
	return strings.Join(rows, "\n")
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
