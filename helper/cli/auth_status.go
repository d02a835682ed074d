package cli

import (
	"context"
	"errors"
	"fmt"

	"keyglot/helper"
)

type statusCommand struct {
	Service  string  `arg:"" optional:"" help:"Only what concerns this service."`
	Username *string `short:"u" placeholder:"NAME" help:"Only this account."`
}

func (c *statusCommand) Run(ctx context.Context, a *app) error {
	s, err := a.settings()
	if err != nil {
		return err
	}
	h, err := a.helper(ctx)
	if err != nil {
		return err
	}
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	if err := a.stores(bounded, s, h); err != nil {
		return err
	}
	if c.Service == "" {
		return a.everything(bounded, h)
	}
	return c.one(bounded, a, s, h)
}

// stores says which store is in force, what it protects from, and why those
// before it were passed over.
func (a *app) stores(ctx context.Context, s *settings, h *helper.Helper) error {
	place := h.Places[0]
	custody := helper.Custody{State: "ok"}
	store, err := place.Open(ctx, place.Env)
	if err != nil {
		custody.State, custody.Protects = "unavailable", show(err.Error())
	} else if c, ok := store.(helper.Custodian); ok {
		custody = c.Custody(ctx)
	}
	rows := [][]string{{"Store:", place.Name + " (" + custody.State + ")"}}
	if custody.Location != "" {
		rows = append(rows, []string{"Location:", show(custody.Location)})
	}
	if custody.Protects != "" {
		rows = append(rows, []string{"Protection:", custody.Protects})
	}
	for _, p := range s.passed {
		rows = append(rows, []string{"Passed over:", p.name + ": " + show(p.reason.Error())})
	}
	for _, place := range h.Sources {
		rows = append(rows, []string{"Source:", place.Name + " (" + place.Summary + "; read only)"})
	}
	return a.table(rows)
}

// everything lists all records with whether they can be used.
func (a *app) everything(ctx context.Context, h *helper.Helper) error {
	listed, err := h.List(ctx, helper.Query{})
	if len(listed) > 0 {
		if err := a.say(""); err != nil {
			return err
		}
		if err := a.table(listRows(listed)); err != nil {
			return errors.New("standard output cannot be written")
		}
	} else if err == nil {
		return a.say("\nNo credentials stored%s.", a.inProfile(h))
	}
	return err
}

// one shows what answers for a service.
func (c *statusCommand) one(ctx context.Context, a *app, s *settings, h *helper.Helper) error {
	typed, err := a.service(s, c.Service)
	if err != nil {
		return err
	}
	user, err := oneUser(typed.User, c.Username)
	if err != nil {
		return err
	}
	answer, err := h.Get(ctx, helper.Query{Target: typed.Target, User: user, Expired: true})
	if err != nil {
		return a.missing(h, typed, c.Service, err)
	}
	covers := ""
	if answer.Exact {
		covers = " (this address only)"
	}
	return a.table([][]string{
		{""},
		{"Service:", show(answer.Target.String()) + covers},
		{"Account:", account(answer.Entry)},
		{"Kind:", string(answer.Kind)},
		{"Profile:", show(answer.Profile)},
		{"Stored in:", storedIn(answer)},
		{"Stored by:", show(answer.Origin) + fmt.Sprintf(", %s", answer.Updated.Format("2006-01-02 15:04 MST"))},
		{"State:", state(answer.Credential, a.Now())},
	})
}

func storedIn(answer helper.Answer) string {
	if answer.Source {
		return answer.Store + " (another tool's; read only)"
	}
	return answer.Store
}
