package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// choose lets a person pick one of a few, by its number or as it is written;
// without a terminal it is none.
func (a *app) choose(ctx context.Context, question string, options []string) (int, error) {
	picked, err := a.chosenOf(ctx, question+fmt.Sprintf(" (1 to %d): ", len(options)), options, one)
	if err != nil {
		return 0, err
	}
	return picked[0], nil
}

// chooseMany lets a person pick some of a few, or all.
func (a *app) chooseMany(ctx context.Context, question string, options []string) ([]int, error) {
	return a.chosenOf(ctx, question+fmt.Sprintf(" (1 to %d, several such as 1 2, or all): ", len(options)), options, many)
}

// chosenOf asks up to three times for what read understands.
func (a *app) chosenOf(ctx context.Context, question string, options []string, read func(answer string, options []string) []int) ([]int, error) {
	terminal, err := a.terminal()
	if err != nil {
		return nil, err
	}
	defer terminal.Close()
	defer whileAsked(ctx)()
	var b strings.Builder
	for i, option := range options {
		fmt.Fprintf(&b, "%3d  %s\n", i+1, option)
	}
	if err := terminal.Print(b.String()); err != nil {
		return nil, asked(err)
	}
	for range 3 {
		text, err := terminal.Ask(ctx, question)
		if err != nil {
			return nil, asked(err)
		}
		if picked := read(strings.TrimSpace(text), options); len(picked) > 0 {
			return picked, nil
		}
	}
	return nil, &fault{Reason: "no_choice", Message: "nothing was chosen", Advice: "answer with one of the numbers"}
}

// one is the option that an answer is, or none.
func one(answer string, options []string) []int {
	if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(options) {
		return []int{n - 1}
	}
	if i := slices.Index(options, answer); i >= 0 {
		return []int{i}
	}
	return nil
}

// many are the options that an answer names, each once, in their own order; one
// that it does not understand makes it none.
func many(answer string, options []string) []int {
	if picked := one(answer, options); picked != nil {
		return picked
	}
	var picked []int
	if answer == "all" {
		for i := range options {
			picked = append(picked, i)
		}
		return picked
	}
	for word := range strings.FieldsSeq(strings.ReplaceAll(answer, ",", " ")) {
		next := one(word, options)
		if next == nil {
			return nil
		}
		picked = append(picked, next...)
	}
	slices.Sort(picked)
	return slices.Compact(picked)
}
