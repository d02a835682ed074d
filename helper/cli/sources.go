package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"keyglot/helper"
	"keyglot/helper/config"
	"keyglot/helper/setup"
)

// offer is a source that is not switched on and has something.
type offer struct {
	name    string
	summary string
	entries int
}

// offers asks every source that is not switched on how much it would offer. It
// looks at names alone. One that cannot be read offers nothing.
func (a *app) offers(ctx context.Context, s *settings) []offer {
	var list []offer
	for _, b := range a.answering() {
		if slices.Contains(s.Sources, b.Name) || b.Name == a.common.backend || slices.Contains(s.Backends, b.Name) {
			continue // it is read as a source, or the same file is a store
		}
		if n, err := a.count(ctx, s, b); err == nil && n > 0 {
			list = append(list, offer{b.Name, b.Summary, n})
		}
	}
	return list
}

// count is how many entries a source has.
func (a *app) count(ctx context.Context, s *settings, b helper.Backend) (int, error) {
	place, err := a.configured(s, b)
	if err != nil {
		return 0, err
	}
	store, err := place.Open(ctx, place.Env)
	if err != nil {
		return 0, err
	}
	entries, err := store.List(ctx)
	return len(entries), err
}

// sourcesLine is the line of config.toml that switches sources on.
func sourcesLine(names []string) string {
	return fmt.Sprintf(`sources = ["%s"]`, strings.Join(names, `", "`))
}

// offered tells set-up's overview what other tools keep, and the line that
// makes keyglot read it (GIT-80, STO-150).
func (a *app) offered(ctx context.Context, view *toolsView) (string, error) {
	s, err := a.settings()
	if err != nil {
		return "", err
	}
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	names := slices.Clone(s.Sources)
	rows := [][]string{{"SOURCE", "HAS", "WHERE"}}
	for _, o := range a.offers(bounded, s) {
		names = append(names, o.name)
		rows = append(rows, []string{o.name, plural(o.entries, "credential"), o.summary})
		view.Sources = append(view.Sources, offeredView{o.name, o.summary, o.entries})
	}
	if len(view.Sources) == 0 {
		return "", nil
	}
	line := sourcesLine(names)
	view.Line = &line
	how := "What other tools keep can be read too, and is never written. For all of it, put this line into"
	if len(s.Sources) > 0 {
		how = "What other tools keep can be read too, and is never written. For all of it, make this the line in"
	}
	return "\n\n" + a.table(true, rows) + "\n\n" + how + " " + show(config.Path(s.folders.config)) + ":\n  " + line, nil
}

// checkSources says what the sources that are on have, and which others would
// have something (SETUP-6, STO-150).
func (a *app) checkSources(ctx context.Context) []setup.Finding {
	s, err := a.settings()
	if err != nil {
		return nil // told where the store is looked at
	}
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	var found []setup.Finding
	for _, b := range a.sources() {
		if !slices.Contains(s.Sources, b.Name) {
			continue
		}
		n, err := a.count(bounded, s, b)
		if err != nil {
			f := problem(&helper.StoreError{Store: helper.SourcePrefix + b.Name, Op: "list", Err: err})
			f.Fix = cmp.Or(f.Fix, "mend it with "+b.Name+", or take "+b.Name+" out of sources in config.toml")
			found = append(found, f)
			continue
		}
		found = append(found, setup.Finding{Text: b.Name + " is read: " + plural(n, "credential")})
	}
	on := slices.Clone(s.Sources)
	for _, o := range a.offers(bounded, s) {
		on = append(on, o.name)
		found = append(found, setup.Finding{Note: true, Text: fmt.Sprintf("%s has %s (%s)", o.name, plural(o.entries, "credential"), o.summary)})
	}
	if len(on) > len(s.Sources) {
		found = append(found, setup.Finding{
			Note: true, Fix: sourcesLine(on),
			Text: "keyglot auth import NAME copies them; this line in " + config.Path(s.folders.config) + " lets keyglot read them where they are:",
		})
	}
	return found
}
