// Package curl asks a web server one question through the curl of this system.
//
// A Go program that links net/http pays for it in every process, a tenth of a
// get (docs/performance.md). keyglot asks a server only when a person tells it
// to, and curl is where they are.
package curl

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/child"
)

// Request is one question. No redirect is followed: the credential goes to the
// address it is meant for.
type Request struct {
	URL       helper.Secret // it may hold a token: that of a conda channel
	Header    []Header
	JSON      string // posted; "": a GET
	UserAgent string
}

// Header is a header of a request.
type Header struct {
	Name  string
	Value helper.Secret
}

// Answer is what the server said.
type Answer struct {
	Status int
	Body   []byte
}

// Curl is the program and what it is to know of the environment.
type Curl struct {
	path    string
	environ []string
}

const (
	// budget is how long an answer may take.
	budget = 15 * time.Second
	// bodyLimit is how long it may be.
	bodyLimit = 1 << 20
)

// The causes of a question without an answer.
var (
	ErrMissing     = errors.New("there is no curl on PATH to ask with")
	ErrCertificate = errors.New("its certificate is not trusted here")
	errNoAddress   = errors.New("it is not the address of a host")
	errLong        = errors.New("its answer is too long")
	errLate        = errors.New("it did not answer in time")
	errAddress     = errors.New("there is no such host")
	errRefused     = errors.New("it takes no connection")
	errProxy       = errors.New("the proxy does not lead there")
	errHandshake   = errors.New("no secure connection to it can be made")
)

// Find looks for curl.
func Find(path string, environ []string) (*Curl, error) {
	program, err := child.Find("curl", path)
	if err != nil {
		return nil, ErrMissing
	}
	// What is said must not end in a file of keys.
	return &Curl{program, child.Set(child.Clean(environ), "SSLKEYLOGFILE", "")}, nil
}

// Ask sends the request and returns the answer, whatever its status. Nothing of
// the request is in an error, on curl's command line or in its environment.
func (c *Curl) Ask(ctx context.Context, r Request) (Answer, error) {
	config, err := r.config()
	if err != nil {
		return Answer{}, err
	}
	bounded, cancel := context.WithTimeout(ctx, budget+time.Second)
	defer cancel()
	done, err := child.Run(bounded, child.Command{
		Path: c.path, Args: []string{"-q", "--config", "-"}, Env: c.environ, Stdin: []byte(config), Limit: bodyLimit + 16,
	})
	switch {
	case ctx.Err() != nil:
		return Answer{}, ctx.Err()
	case errors.Is(err, child.ErrTooMuch):
		return Answer{}, errLong
	case bounded.Err() != nil:
		return Answer{}, errLate
	case err != nil:
		return Answer{}, fmt.Errorf("curl: %w", err)
	case done.Code != 0:
		return Answer{}, failure(done.Code)
	}
	return answer(done.Stdout)
}

// config is the request in the language of curl's configuration files
// (curl(1), --config).
func (r Request) config() (string, error) {
	a, err := helper.SplitAddress(r.URL.Reveal())
	if err != nil {
		return "", err
	}
	host, err := a.Target("")
	if err != nil || a.HasUser || a.Scheme == "" {
		return "", errNoAddress
	}
	text := &strings.Builder{}
	add := func(option, value string) { fmt.Fprintf(text, "%s = %s\n", option, quote(value)) }
	add("url", host.Realm().String()+a.Path+a.Rest) // the host as it was compared
	for _, option := range []string{"silent", "globoff", "path-as-is"} {
		text.WriteString(option + "\n")
	}
	add("proto", "=https,http")
	add("max-time", strconv.Itoa(int(budget/time.Second)))
	add("max-filesize", strconv.Itoa(bodyLimit))
	add("user-agent", r.UserAgent)
	add("write-out", `\n%{http_code}`)
	if helper.IsLoopback(host.Host) {
		add("noproxy", "*")
	}
	for _, h := range r.Header {
		add("header", h.Name+": "+h.Value.Reveal())
	}
	if r.JSON != "" {
		add("header", "Content-Type: application/json")
		add("data-raw", r.JSON)
	}
	add("header", "Accept: application/json")
	if helper.HasControl(r.UserAgent) {
		return "", errors.New("the user agent has a control character")
	}
	for _, h := range r.Header {
		if strings.ContainsAny(h.Name+h.Value.Reveal(), "\r\n\x00") {
			return "", errors.New("the credential has a line break or NUL, which no header can carry")
		}
	}
	return text.String(), nil
}

// quote writes a value of a configuration file.
func quote(value string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}

// answer splits what curl printed: the body, and the status on a last line.
func answer(out []byte) (Answer, error) {
	at := strings.LastIndexByte(string(out), '\n')
	status, err := strconv.Atoi(string(out[at+1:]))
	if at < 0 || err != nil || status < 200 {
		return Answer{}, errors.New("curl printed no status")
	}
	return Answer{status, out[:at]}, nil
}

// failure is what an exit code of curl means: https://everything.curl.dev/cmdline/exitcode
func failure(code int) error {
	switch code {
	case 5, 97:
		return errProxy
	case 6:
		return errAddress
	case 7:
		return errRefused
	case 28:
		return errLate
	case 35:
		return errHandshake
	case 51, 58, 60, 77, 83, 90, 91:
		return ErrCertificate
	case 63:
		return errLong
	}
	return fmt.Errorf("curl ended with code %d", code)
}
