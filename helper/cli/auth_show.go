package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/service"
)

// service reads a typed service, or the default one.
func (a *app) service(s *settings, text string) (service.Service, error) {
	if text == "" {
		text = s.DefaultService
	}
	return s.Services().Read(text)
}

// bounded is the time that stores have for one command: longer where a person
// may be typing a password for the keyring.
func (a *app) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	budget := defaultBudget
	if a.Terminal(2) && a.talk.ask {
		budget = 60 * time.Second
	}
	return context.WithTimeout(ctx, budget)
}

// who is "https://host/path as ann", or without account just the address.
func who(e helper.Entry) string {
	text := show(e.Target.String())
	if e.User.Set {
		text += " as " + account(e)
	}
	return text
}

// account is how people are shown an entry's account.
func account(e helper.Entry) string {
	switch {
	case !e.User.Set:
		return "-"
	case e.User.Name == "":
		return `""`
	}
	return show(e.User.Name)
}

// location says where a store keeps things, as " (FILE)".
func location(place helper.Place) string {
	store, err := place.Open(context.Background(), place.Env)
	if err != nil {
		return ""
	}
	if c, ok := store.(helper.Custodian); ok {
		return " in " + show(c.Custody(context.Background()).Location)
	}
	return ""
}

// table prints rows with aligned columns. A line is as long as it must be; a
// short table fits 80 columns.
func (a *app) table(rows [][]string) error {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			line += cell + strings.Repeat(" ", widths[i]-len([]rune(cell))+2)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	_, err := fmt.Fprint(a.Stdout, b.String())
	return err
}

// state is whether a record can be used, for people.
func state(c helper.Credential, now time.Time) string {
	switch {
	case c.Attr[helper.AttrState] == helper.StateNeedsLogin:
		return "login required"
	case c.Expiry.IsZero() && c.Secret.IsSet():
		return "ok"
	case c.Expired(now) && c.Refresh.IsSet():
		return "expired, can be renewed"
	case c.Expired(now):
		return "expired " + c.Expiry.UTC().Format(time.RFC3339)
	}
	return fmt.Sprintf("ok until %s (in %s)", c.Expiry.UTC().Format(time.RFC3339), c.Expiry.Sub(now).Round(time.Minute))
}
