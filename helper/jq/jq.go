// Package jq runs jq's language over the JSON that commands print, with gojq:
// https://github.com/itchyny/gojq. An expression sees its document and nothing
// else: no variable of the environment, no file, no module, no further input.
//
// What goes wrong in a run is never told in gojq's words: they quote the data,
// which may be a secret.
package jq

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/itchyny/gojq"

	"keyglot/helper"
	"keyglot/helper/visible"
)

// ErrFailed is every failure of a run.
var ErrFailed = errors.New("the expression failed")

// Invalid is an expression that cannot be run. It holds no part of it.
type Invalid struct {
	At int // the character, from 1, with which it ceases to be one; 0: it names something that is not known
}

func (e *Invalid) Error() string { return "not an expression" }

// Expression is one that can be run.
type Expression struct {
	code *gojq.Code
	limits
}

// limits are what a run may take, all its documents together.
type limits struct {
	time   time.Duration
	output int    // bytes
	memory uint64 // bytes, beyond what the process had before
}

// Compile reads an expression. The error is an *Invalid.
func Compile(text string) (*Expression, error) {
	query, err := gojq.Parse(text)
	if wrong, ok := errors.AsType[*gojq.ParseError](err); ok {
		return nil, &Invalid{At: place(text, wrong)}
	}
	if err != nil {
		return nil, &Invalid{}
	}
	if query.Term == nil && query.Right == nil { // blanks, comments, definitions
		return nil, &Invalid{At: utf8.RuneCountInString(text) + 1}
	}
	code, err := gojq.Compile(query)
	if err != nil {
		return nil, &Invalid{}
	}
	return &Expression{code, limits{time: 5 * time.Second, output: 64 << 20, memory: 256 << 20}}, nil
}

// place is the character with which the word begins that gojq stumbled over;
// it tells where that word ends, in bytes.
func place(text string, wrong *gojq.ParseError) int {
	before := strings.TrimSuffix(text[:wrong.Offset], wrong.Token)
	return utf8.RuneCountInString(before) + 1
}

// Run returns what the expression makes of the documents, one after the other:
// each result on a line, a string as text writes it and everything else as JSON.
// It returns ErrFailed, or the error of ctx, and then nothing beside it. A
// function of gojq's that is late is left behind then, and the limit of memory
// stays: the process is to end soon.
func (e *Expression) Run(ctx context.Context, documents [][]byte, text func(string) string) (string, error) {
	values, err := decode(documents)
	if err != nil {
		return "", err
	}
	within, cancel := context.WithTimeout(ctx, e.time)
	defer cancel()
	most := inUse() + e.memory
	before := debug.SetMemoryLimit(int64(most)) // garbage goes before it counts
	defer watch(most, cancel)()
	out, err := helper.Within(within, func() (string, error) { return e.run(within, values, text) })
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil: // setting the limit back could wait for a function that is late
		return "", ErrFailed
	}
	debug.SetMemoryLimit(before)
	return out, nil
}

func decode(documents [][]byte) ([]any, error) {
	values := make([]any, len(documents))
	for i, document := range documents {
		decoder := json.NewDecoder(bytes.NewReader(document))
		decoder.UseNumber() // as they were written
		if decoder.Decode(&values[i]) != nil {
			return nil, ErrFailed
		}
	}
	return values, nil
}

func (e *Expression) run(ctx context.Context, values []any, text func(string) string) (string, error) {
	var out strings.Builder
	for _, value := range values {
		for results := e.code.RunWithContext(ctx, value); ; {
			result, more := results.Next()
			if !more {
				break
			}
			if halted, ok := result.(*gojq.HaltError); ok && halted.Value() == nil {
				return out.String(), nil
			}
			if err, failed := result.(error); failed {
				return "", err
			}
			line, err := write(result, text)
			if err != nil {
				return "", err
			}
			if out.Len()+len(line) >= e.output {
				return "", ErrFailed
			}
			out.WriteString(line + "\n")
		}
	}
	return out.String(), nil
}

func write(result any, text func(string) string) (string, error) {
	if s, ok := result.(string); ok {
		return text(s), nil
	}
	data, err := gojq.Marshal(result)
	return visible.JSON(string(data)), err
}
