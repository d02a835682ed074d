package git_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"keyglot/helper"
	"keyglot/protocol/git"
	"keyglot/protocol/protocoltest"
)

func contextWithBudget(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), budget)
}

func inStore(op string, err error) error { return &helper.StoreError{Store: "file", Op: op, Err: err} }

// GIT-4, GIT-5, GIT-53, GIT-66, GIT-76: what is worth a line, and its code, for every operation.
func TestFailures(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left on device")
	for _, row := range []struct {
		name string
		err  error
		want protocoltest.Output
	}{
		{"nothing there", helper.ErrNotFound, says(silent)},
		{"a record that has just gone", inStore("load", helper.ErrNotFound), says(silent)},
		{"several accounts, none current", &helper.Ambiguous{}, says(silent)},
		{"denied by the policy", fmt.Errorf("x: %w", helper.ErrPolicy), says(silent)},
		{"SEC-28: a folder that is refused", fmt.Errorf("KEYGLOT_DATA_DIR: lies in the repository: %w", helper.ErrDenied), fails("KEYGLOT_DATA_DIR: lies in the repository: denied")},
		{"denied by the store", inStore("load", helper.ErrDenied), fails("file: load: denied; hint: keyglot auth status")},
		{"a login that has ended", helper.ErrLoginRequired, fails("login required for h.example; run: keyglot auth login h.example")},
		{"a locked store", inStore("load", helper.Advise(helper.ErrLocked, "keyglot auth unlock")), fails("store file is locked; hint: keyglot auth unlock")},
		{"a store that is not there", inStore("open", helper.ErrUnavailable), fails("file: open: not available; hint: keyglot auth status")},
		{"a full disk", inStore("save", full), fails("file: save: no space left on device; hint: keyglot auth status")},
		{"a broken config.toml", errors.New("config: /home/ann/config.toml: line 3"), fails("config: /home/ann/config.toml: line 3")},
		{"text that steers a terminal", errors.New("x\x1b[2J\ny\u202e"), fails(`x\u{1b}[2J\u{a}y\u{202e}`)},
		{"a login server that is away", fmt.Errorf("renew: 503: %w", helper.ErrTemporary), fails("renew: 503: temporary failure")},
	} {
		request := h + "username=u\npassword=" + canary + "\n"
		c := client(protocoltest.Failing(row.err))
		for _, operation := range []string{"get", "store", "erase"} {
			if operation != "get" && (errors.Is(row.err, helper.ErrNotFound) || errors.Is(row.err, helper.ErrAmbiguous)) {
				continue // never their result
			}
			equal(t, operation+", "+row.name, c.Run(t, request, operation), row.want)
		}
	}
}

// GIT-53: people are told a service that they can log in to.
func TestLoginRequiredOverHTTP(t *testing.T) {
	t.Parallel()
	got := client(protocoltest.Failing(helper.ErrLoginRequired)).Run(t, "protocol=http\nhost=127.0.0.1:5000\n", "get")
	equal(t, "get", got, fails("login required for http://127.0.0.1:5000; run: keyglot auth login http://127.0.0.1:5000"))
}

// GIT-4, GIT-60: plain http is the one refusal that is told, and no failure.
func TestPlainHTTP(t *testing.T) {
	t.Parallel()
	c := client(protocoltest.Failing(helper.ErrPlainHTTP))
	request := "protocol=http\nhost=H.Example:8080\nusername=u\npassword=" + canary + "\n"
	equal(t, "store", c.Run(t, request, "store"), protocoltest.Output{Stderr: "keyglot: not saved: plain http to h.example:8080; see security.allow_http\n"})
	equal(t, "get", c.Run(t, request, "get"), says(silent))
	equal(t, "erase", c.Run(t, request, "erase"), says(silent))
}

// slow answers when the time is over.
type slow struct{ protocoltest.Recorder }

func (s *slow) Get(ctx context.Context, _ helper.Query) (helper.Answer, error) {
	<-ctx.Done()
	return helper.Answer{}, s.cause(ctx)
}

func (s *slow) Store(ctx context.Context, _ helper.Put) (helper.Stored, error) {
	<-ctx.Done()
	return helper.Stored{}, s.cause(ctx)
}

func (s *slow) Erase(ctx context.Context, _ helper.Removal) ([]helper.Result, error) {
	<-ctx.Done()
	return nil, s.cause(ctx)
}

func (s *slow) cause(ctx context.Context) error {
	if s.Err != nil {
		return s.Err
	}
	return ctx.Err()
}

// GIT-7: over budget is no answer, code 1, and the line says who was late.
func TestOverBudget(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		err  error
		line string
	}{
		{"a store", inStore("find", fmt.Errorf("did not answer in time: %w", helper.ErrUnavailable)), "store file did not answer within 8s; hint: keyglot auth status"},
		{"a lock", inStore("lock", helper.ErrTemporary), "store file did not answer within 8s; hint: keyglot auth status"},
		{"something else", nil, "no answer within 8s"},
	} {
		for _, operation := range []string{"get", "store", "erase"} {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := contextWithBudget(t)
				defer cancel()
				c := client(&slow{protocoltest.Recorder{Err: row.err}})
				got := c.Serve(t, ctx, helper.Call{Args: []string{operation}, Stdin: strings.NewReader(h + "username=u\npassword=" + canary + "\n")})
				equal(t, operation+", "+row.name, got, fails(row.line))
			})
		}
	}
}

// GIT-48: quit comes only where the user chose it and there is no answer.
func TestNeverPrompt(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		svc     helper.Service
		request string
		want    protocoltest.Output
	}{
		{"nothing there", &protocoltest.Recorder{}, h, says("quit=1\n")},
		{"an answer", protocoltest.Answering(victim()), h, says("username=alice\npassword=" + canary + "\n")},
		{
			"a locked store", protocoltest.Failing(inStore("load", helper.ErrLocked)), h,
			protocoltest.Output{Stdout: "quit=1\n", Stderr: "keyglot: store file is locked; hint: keyglot auth status\n", Code: 1},
		},
		{"not a request", &protocoltest.Recorder{}, "host=h.example\n", says(silent)},
	} {
		c := client(row.svc)
		equal(t, row.name+", by default", c.Run(t, row.request, "get"), protocoltest.Output{
			Stdout: strings.TrimPrefix(row.want.Stdout, "quit=1\n"), Stderr: row.want.Stderr, Code: row.want.Code,
		})
		c.Options = &git.Options{NeverPrompt: true}
		equal(t, row.name, c.Run(t, row.request, "get"), row.want)
		equal(t, "erase, "+row.name, client(&protocoltest.Recorder{}).Run(t, row.request, "erase"), says(silent))
	}
}
