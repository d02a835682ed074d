package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"keyglot/helper/jq"
	"keyglot/helper/visible"
)

// filter makes the text of a result from its values (AUTH-5).
type filter func(values []any) (string, error)

// filter reads the expression of --jq.
func (a *app) filter(ctx context.Context, text string) (filter, error) {
	expression, err := jq.Compile(text)
	if invalid, ok := errors.AsType[*jq.Invalid](err); ok {
		f := &fault{Reason: "bad_jq", Message: "the --jq expression is not valid", Advice: "it names a function, variable or module that is not known here"}
		if invalid.At > 0 {
			f.Message, f.Advice = fmt.Sprintf("%s (at character %d)", f.Message, invalid.At), ""
		}
		return nil, f
	}
	if err != nil {
		return nil, err
	}
	return func(values []any) (string, error) {
		var documents [][]byte
		for _, value := range values {
			var b bytes.Buffer
			if err := writeJSON(&b, value, ""); err != nil {
				return "", err
			}
			documents = append(documents, b.Bytes())
		}
		text, err := expression.Run(ctx, documents, a.raw)
		switch {
		case errors.Is(err, context.Canceled):
			return "", &fault{Reason: "interrupted", Message: "interrupted; the command succeeded, but its result was not printed", Err: errInterrupted}
		case err != nil:
			return "", &fault{Reason: "jq_runtime", Message: "the command succeeded, but the --jq expression failed", Advice: "look at the data with -o json", Err: errFailed}
		}
		return text, nil
	}, nil
}

// raw is a string as --jq prints it: as it is, and safe where it is a terminal
// that would read it (AUTH-10).
func (a *app) raw(text string) string {
	if a.Terminal(1) {
		return visible.Lines(text)
	}
	return text
}

// noJSON is for --jq where nothing could pass through it.
func noJSON() error {
	return &fault{Reason: "no_json", Message: "this command has no JSON for --jq", Advice: "leave --jq out"}
}
