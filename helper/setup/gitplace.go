package setup

import (
	"bytes"
	"context"
	"slices"
	"strings"
)

// addHelper adds keyglot's line to text: before the first helper that makes
// credentials, since git asks no further once it has one (GIT-91), else behind
// the helpers that are there. only puts a line without value before it, which
// drops all helpers so far, and both behind all others.
func (g *gitConfig) addHelper(ctx context.Context, text []byte, address, value string, only bool) ([]byte, error) {
	key := credentialKey(address, "helper")
	settings, err := g.list(ctx, text)
	if err != nil {
		return nil, err
	}
	values := []string{value}
	if only {
		values = []string{"", value}
	}
	lines, err := g.append(ctx, nil, key, values...)
	if err != nil {
		return nil, err
	}
	at := -1
	if !only {
		at = firstMaker(settings, address)
	}
	var changed []byte
	if positions, ok := scan(text); at >= 0 && ok && follows(positions, settings) {
		changed = before(text, positions[at], key, lines)
	} else if only {
		changed = slices.Concat(text, newline(text), lines)
	} else if changed, err = g.append(ctx, text, key, values...); err != nil {
		return nil, err
	}
	return changed, g.verify(ctx, text, changed, key, values)
}

// firstMaker returns the first helper of an address that keyglot must come
// before, or -1. Those that a line without value drops do not count. For one
// host, keyglot's line for all hosts comes later too: the narrow one answers.
func firstMaker(settings []setting, address string) int {
	first := -1
	for i, s := range settings {
		where, ok := part(s.key)
		switch {
		case !ok || address != "" && where != "" && where != address:
		case s.value == "" && (where == "" || where == address):
			first = -1
		case first < 0 && (kindOf(s.value).makes() || address != "" && where == "" && kindOf(s.value) == ownHelper):
			first = i
		}
	}
	return first
}

// follows reports whether the scan found what git found.
func follows(positions []position, settings []setting) bool {
	return slices.EqualFunc(positions, settings, func(p position, s setting) bool { return p.key == s.key })
}

// before puts lines, a section as git writes it, before the setting at p.
func before(text []byte, p position, key string, lines []byte) []byte {
	section := key[:strings.LastIndexByte(key, '.')]
	same := p.key[:strings.LastIndexByte(p.key, '.')] == section
	switch {
	case same && !p.shares:
		_, entries, _ := bytes.Cut(lines, []byte("\n")) // without the section's header
		return slices.Concat(text[:p.line], entries, text[p.line:])
	case p.shares || p.first:
		return slices.Concat(text[:p.header], lines, text[p.header:])
	}
	// In the middle of another section, which then goes on under its header.
	return slices.Concat(text[:p.line], lines, text[p.header:p.close], []byte("\n"), text[p.line:])
}

// newline is what text needs for another line to follow.
func newline(text []byte) []byte {
	if len(text) == 0 || bytes.HasSuffix(text, []byte("\n")) {
		return nil
	}
	return []byte("\n")
}

// removeEntry takes away what set-up wrote, where the file has changed since.
func (g *gitConfig) removeEntry(ctx context.Context, text []byte, entry Entry) ([]byte, error) {
	if entry.Reset {
		var err error
		if text, err = g.removeReset(ctx, text, entry); err != nil {
			return nil, err
		}
	}
	return g.remove(ctx, text, entry.Key, entry.Value)
}

// removeReset takes away the line without value right before entry's.
func (g *gitConfig) removeReset(ctx context.Context, text []byte, entry Entry) ([]byte, error) {
	settings, err := g.list(ctx, text)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(settings, func(s setting) bool { return sameKey(s.key, entry.Key) && s.value == entry.Value })
	if i < 1 || !sameKey(settings[i-1].key, entry.Key) || settings[i-1].value != "" {
		return text, nil
	}
	positions, ok := scan(text)
	if !ok || !follows(positions, settings) || positions[i-1].shares {
		return nil, errHarm
	}
	line := positions[i-1].line
	changed := slices.Concat(text[:line], text[settingEnd(text, line):])
	return changed, g.verify(ctx, changed, text, entry.Key, []string{""})
}
