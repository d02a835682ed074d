package git_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"keyglot/helper"
	"keyglot/protocol/git"
	"keyglot/protocol/protocoltest"
)

const canary = "c4nary-s3cret"

// client runs the program against svc and never wants to see a canary on
// stderr.
func client(svc helper.Service) protocoltest.Client {
	return protocoltest.Client{Protocol: git.Protocol(), Service: svc, Secrets: []string{canary}}
}

// victim is the record that attacks are after.
func victim() helper.Answer {
	return helper.Answer{
		Credential: helper.Credential{
			Entry:  helper.Entry{Key: helper.Key{User: helper.Named("alice")}, Kind: helper.Basic, Origin: helper.OriginGit},
			Secret: helper.NewSecret(canary),
		},
		Sends: helper.Named("alice"),
	}
}

const (
	h      = "protocol=https\nhost=h.example\n"
	silent = "" // no stdout, no stderr, code 0
)

// says is the output of a call that went well.
func says(stdout string) protocoltest.Output { return protocoltest.Output{Stdout: stdout} }

// fails is the output of a call that ends with 1 and one line.
func fails(line string) protocoltest.Output {
	return protocoltest.Output{Stderr: "keyglot: " + line + "\n", Code: 1}
}

func equal(t *testing.T, what string, got, want protocoltest.Output) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

// GIT-1: no operation, a word behind it and an option nobody knows are usage.
func TestUsage(t *testing.T) {
	t.Parallel()
	unknown := fmt.Errorf("unknown option: %w", helper.ErrUsage)
	for _, row := range []struct {
		name    string
		args    []string
		problem error
	}{
		{"no operation", nil, nil},
		{"an option behind the operation", []string{"get", "--backend", "plain"}, nil},
		{"an unknown option", []string{"get"}, unknown},
	} {
		svc := &protocoltest.Recorder{}
		got := client(svc).Serve(t, t.Context(), helper.Call{Args: row.args, Problem: row.problem})
		if got.Code != 2 || got.Stdout != "" || !strings.HasPrefix(got.Stderr, "usage: git-credential-keyglot ") || svc.Calls() > 0 {
			t.Errorf("%s: %+v", row.name, got)
		}
	}
	if got := client(&protocoltest.Recorder{}).Run(t, "", "--help"); !strings.HasPrefix(got.Stdout, "usage: ") || got.Code != 0 {
		t.Errorf("--help: %+v", got)
	}
}

// GIT-2, GIT-77: neither an unknown operation nor capability reads stdin.
func TestNothingIsReadInVain(t *testing.T) {
	t.Parallel()
	for operation, want := range map[string]string{
		"frobnicate": silent,
		"GET":        silent,
		"capability": "version 0\ncapability authtype\n",
	} {
		svc := protocoltest.Answering(victim())
		stdin := iotest.ErrReader(errors.New("stdin was read"))
		got := client(svc).Serve(t, t.Context(), helper.Call{Args: []string{operation}, Stdin: stdin})
		equal(t, operation, got, says(want))
		if svc.Calls() > 0 {
			t.Errorf("%s asked the service", operation)
		}
	}
}

// GIT-3, GIT-4, GIT-5: store and erase say nothing, get says only the answer.
func TestStdoutIsTheAnswer(t *testing.T) {
	t.Parallel()
	c := client(protocoltest.Answering(victim()))
	request := h + "path=org/r.git\n"
	equal(t, "get", c.Run(t, request, "get"), says("username=alice\npassword="+canary+"\n"))
	equal(t, "store", c.Run(t, request+"username=alice\npassword="+canary+"\n", "store"), says(silent))
	equal(t, "erase", c.Run(t, request+"password="+canary+"\n", "erase"), says(silent))
	equal(t, "nothing found", client(&protocoltest.Recorder{}).Run(t, request, "get"), says(silent))
}

// GIT-11: the empty line ends a request whose pipe stays open.
func TestAnOpenPipeIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"\n", "\r\n", "\nhost=nope.example\n"} {
		c := client(protocoltest.Answering(victim()))
		got := c.Serve(t, t.Context(), helper.Call{Args: []string{"get"}, Stdin: protocoltest.Endless(t, h+end)})
		equal(t, fmt.Sprintf("%q", end), got, says("username=alice\npassword="+canary+"\n"))
	}
}

// GIT-11: however the bytes come, it is the same request.
func TestPieces(t *testing.T) {
	t.Parallel()
	for _, text := range []string{h, h + "\n", h + "\r\nhost=nope.example\n", strings.TrimSuffix(h, "\n"), h + "wwwauth[]=" + strings.Repeat("x", 200_000) + "\n"} {
		got := client(protocoltest.Answering(victim())).Serve(t, t.Context(),
			helper.Call{Args: []string{"get"}, Stdin: iotest.OneByteReader(strings.NewReader(text))})
		equal(t, fmt.Sprintf("%.40q", text), got, says("username=alice\npassword="+canary+"\n"))
	}
}

// GIT-7: a request that does not end costs the time budget and gets nothing.
func TestStdinThatNeverEnds(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"get", "store", "erase"} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := contextWithBudget(t)
			defer cancel()
			svc := protocoltest.Answering(victim())
			stdin := protocoltest.Endless(t, h+"username=u\npassword="+canary+"\n")
			got := client(svc).Serve(t, ctx, helper.Call{Args: []string{operation}, Stdin: stdin})
			equal(t, operation, got, fails("no whole request came within 8s"))
			if svc.Calls() > 0 {
				t.Error("half a request reached the service")
			}
		})
	}
}

// A stdin that is closed or broken is no request.
func TestBrokenStdin(t *testing.T) {
	t.Parallel()
	svc := protocoltest.Answering(victim())
	stdin := iotest.DataErrReader(strings.NewReader(h + "password=" + canary + "\n"))
	equal(t, "data and end at once", client(svc).Serve(t, t.Context(), helper.Call{Args: []string{"erase"}, Stdin: stdin}), says(silent))
	if len(svc.Removals) != 1 {
		t.Error("data that came with the end was lost")
	}
	svc = protocoltest.Answering(victim())
	stdin = iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(h)))
	equal(t, "an error within", client(svc).Serve(t, t.Context(), helper.Call{Args: []string{"get"}, Stdin: stdin}), says(silent))
	if svc.Calls() > 0 {
		t.Error("half a request reached the service")
	}
}

// GIT-8: that nobody reads the answer is no failure.
func TestReaderGone(t *testing.T) {
	t.Parallel()
	got := client(protocoltest.Answering(victim())).Serve(t, t.Context(),
		helper.Call{Args: []string{"get"}, Stdin: strings.NewReader(h), Stdout: protocoltest.Closed{}})
	equal(t, "get", got, says(silent))
}

// GIT-31: the option takes its two words.
func TestPathMatch(t *testing.T) {
	t.Parallel()
	var m git.PathMatch
	for _, text := range []string{"exact", "prefix"} {
		if err := m.UnmarshalText([]byte(text)); err != nil || string(m) != text {
			t.Errorf("%s: %v, %q", text, err, m)
		}
	}
	for _, text := range []string{"", "Exact", canary} {
		if err := m.UnmarshalText([]byte(text)); !errors.Is(err, helper.ErrInvalid) || strings.Contains(err.Error(), canary) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

const budget = 8 * time.Second
