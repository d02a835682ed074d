package chain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/docker/docker-credential-helpers/client"
	"github.com/docker/docker-credential-helpers/credentials"

	"keyglot/helper"
	"keyglot/helper/child"
	"keyglot/helper/visible"
)

// run is one run of the helper: the Program of docker's client, within bounds.
type run struct {
	ctx    context.Context
	store  *Store
	action string
	input  []byte
	secret helper.Secret // in the input, if there is one

	stdout []byte // of a helper that failed; it may be its error's text, or a secret
	err    error  // what went wrong, in words that repeat no secret
}

// errFailed tells docker's client that the helper's output is no answer.
var errFailed = errors.New("failed")

// program is the client's way to a new Program.
func (r *run) program(args ...string) client.Program {
	r.action = args[0]
	return r
}

// Input takes what the helper reads.
func (r *run) Input(in io.Reader) { r.input, r.err = io.ReadAll(in) }

// Output runs the helper (DOC-63, DOC-64).
func (r *run) Output() ([]byte, error) {
	if r.err != nil {
		return nil, r.err
	}
	bounded, cancel := context.WithTimeout(r.ctx, r.store.Timeout.Duration)
	defer cancel()
	done, err := child.Run(bounded, child.Command{
		Path: r.store.program, Args: []string{r.action}, Env: r.store.environ, Stdin: r.input, Limit: answerLimit,
	})
	switch {
	case err != nil && r.ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
		r.err = fmt.Errorf("%s did not answer in %s: %w", r.name(), r.store.Timeout, helper.ErrUnavailable)
	case err != nil:
		r.err = fmt.Errorf("%w: %w", err, helper.ErrUnavailable)
	case done.Code != 0:
		r.stdout = done.Stdout
		r.err = fmt.Errorf("%s %s: exit %d%s: %w", r.name(), r.action, done.Code, r.said(done.Stdout), helper.ErrUnavailable)
	case !utf8.Valid(done.Stdout):
		r.err = fmt.Errorf("%s %s: its answer is not UTF-8: %w", r.name(), r.action, helper.ErrInvalid)
	default:
		return done.Stdout, nil
	}
	return r.stdout, errFailed
}

func (r *run) name() string { return filepath.Base(r.store.program) }

// said is the text of a failed helper, if it is one: a line, not too long, no
// JSON, which may hold a secret, and nothing that repeats the one it was given.
func (r *run) said(stdout []byte) string {
	line := strings.TrimSpace(string(stdout))
	if line == "" || len(line) > 200 || strings.ContainsAny(line, "\r\n") || line[0] == '{' ||
		r.secret.IsSet() && strings.Contains(line, r.secret.Reveal()) {
		return ""
	}
	return ": " + visible.Text(line)
}

// failed is the outcome of a call of docker's client, whose own error repeats
// what the helper printed.
func (r *run) failed(err error) error {
	switch {
	case err == nil:
		return nil
	case credentials.IsErrCredentialsNotFoundMessage(string(r.stdout)):
		return helper.ErrNotFound
	case r.err != nil:
		return r.err
	}
	return fmt.Errorf("%s %s: its answer is not JSON: %w", r.name(), r.action, helper.ErrInvalid)
}

// ask runs `get` for a realm and keeps the answer.
func (s *Store) ask(ctx context.Context, r helper.Realm) answer {
	a := s.get(ctx, r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[r] = a
	return a
}

func (s *Store) get(ctx context.Context, r helper.Realm) answer {
	if err := ctx.Err(); err != nil {
		return answer{err: err}
	}
	server, ok := serverOf(r)
	if !ok {
		return answer{err: helper.ErrNotFound}
	}
	one := run{ctx: ctx, store: s}
	got, err := client.Get(one.program, server)
	if err = one.failed(err); errors.Is(err, helper.ErrNotFound) {
		err = s.missed(ctx, server)
	}
	if err != nil {
		return answer{err: err}
	}
	if got.Username == "" && got.Secret == "" {
		return answer{err: helper.ErrNotFound} // docker-credential-pass says so before anything was ever stored
	}
	if !sound(got.Username) || got.Secret == "" {
		return answer{err: fmt.Errorf("%s get: its answer is no user name and secret: %w", one.name(), helper.ErrInvalid)}
	}
	return answer{credential: helper.Credential{Entry: entry(r, got.Username), Secret: helper.NewSecret(got.Secret)}}
}

// request is what a helper is given to keep.
func request(c helper.Credential, server string) *credentials.Credentials {
	return &credentials.Credentials{ServerURL: server, Username: c.User.Name, Secret: c.Secret.Reveal()}
}

func (s *Store) store(ctx context.Context, c *credentials.Credentials, secret helper.Secret) error {
	one := run{ctx: ctx, store: s, secret: secret}
	return one.failed(client.Store(one.program, c))
}

// erase succeeds if there was nothing (DOC-65).
func (s *Store) erase(ctx context.Context, server string) error {
	one := run{ctx: ctx, store: s}
	if err := one.failed(client.Erase(one.program, server)); !errors.Is(err, helper.ErrNotFound) {
		return err
	}
	return nil
}

func (s *Store) list(ctx context.Context) (map[string]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	one := run{ctx: ctx, store: s}
	servers, err := client.List(one.program)
	return unlabelled(servers), one.failed(err)
}
