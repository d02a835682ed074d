package git

import (
	"bytes"
	"context"
	"errors"
	"io"

	"keyglot/helper"
)

// errRefused is the end of every request that is not understood wholly. It has
// no reason, because its caller says nothing (GIT-10).
var errRefused = errors.New("not a request")

// readText reads up to the first empty line or the end, and nothing behind it:
// some callers keep the pipe open and wait for the answer (GIT-11).
func readText(ctx context.Context, r io.Reader) (string, error) {
	return helper.Within(ctx, func() (string, error) {
		buf := make([]byte, 0, 1024)
		line, seen := 0, 0 // where the last line begins, how far it was searched
		for {
			n, err := r.Read(buf[len(buf):min(cap(buf), helper.MaxInput+1)])
			buf = buf[:len(buf)+n]
			for {
				i := bytes.IndexByte(buf[seen:], '\n')
				if i < 0 {
					seen = len(buf)
					break
				}
				end := seen + i
				if end == line || end == line+1 && buf[line] == '\r' {
					return string(buf[:line]), nil
				}
				line, seen = end+1, end+1
			}
			switch {
			case len(buf) > helper.MaxInput:
				return "", errRefused
			case err == io.EOF:
				return string(buf), nil
			case err != nil:
				return "", errRefused
			case len(buf) == cap(buf):
				buf = append(make([]byte, 0, 4*cap(buf)), buf...)
			}
		}
	})
}
