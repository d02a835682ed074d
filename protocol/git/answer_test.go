package git_test

import (
	"strings"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/protocol/protocoltest"
)

// change makes one record out of another.
type change = func(*helper.Answer)

func answer(changes ...change) helper.Answer {
	a := victim()
	for _, f := range changes {
		f(&a)
	}
	return a
}

func user(u helper.User) change { return func(a *helper.Answer) { a.User, a.Sends = u, u } }

func secret(s helper.Secret) change { return func(a *helper.Answer) { a.Secret = s } }

func refresh(a *helper.Answer) { a.Refresh = helper.NewSecret("r1") }

func expires(a *helper.Answer) { a.Expiry = time.Unix(4102444800, 0) }

// token is what `auth login --token` makes.
func token(a *helper.Answer) {
	a.Kind, a.Origin, a.Login, a.Sends = helper.Bearer, helper.OriginLogin, "oauth2", helper.Named("oauth2")
}

// oauth is what a browser login makes.
func oauth(a *helper.Answer) { token(a); refresh(a); expires(a) }

func header(scheme string) change {
	return func(a *helper.Answer) {
		a.Kind, a.Attr = helper.Header, map[string]string{helper.AttrAuthType: scheme}
		a.User, a.Sends = helper.User{}, helper.User{}
	}
}

func sentAs(scheme string) change {
	return func(a *helper.Answer) { a.Attr = map[string]string{helper.AttrAuthType: scheme} }
}

const (
	offered = "capability[]=authtype\n"
	bearer  = `wwwauth[]=Bearer realm="x"` + "\n"
	basic   = `wwwauth[]=Basic realm="x"` + "\n"
)

// What a record comes out as (GIT-40).
func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, request string // besides the target
		record        helper.Answer
		want          string
	}{
		{"GIT-41: a password", "", answer(), "username=alice\npassword=" + canary + "\n"},
		{"GIT-40: no capability without need", offered, answer(), "username=alice\npassword=" + canary + "\n"},
		{"GIT-41: empty user, empty password", "", answer(user(helper.Named("")), secret(helper.NewSecret(""))), "username=\npassword=\n"},
		{"GIT-41: no user", "", answer(user(helper.User{})), "password=" + canary + "\n"},
		{"GIT-41: expiry and refresh token", "", answer(expires, refresh), "username=alice\npassword=" + canary + "\npassword_expiry_utc=4102444800\noauth_refresh_token=r1\n"},
		{"signs in a password", "", answer(secret(helper.NewSecret(` a=b "#' ü`))), "username=alice\npassword= a=b \"#' ü\n"},

		{"GIT-42: a header", offered, answer(header("Negotiate")), "capability[]=authtype\nauthtype=Negotiate\ncredential=" + canary + "\n"},
		{
			"GIT-42: a header with user, expiry and refresh token", offered, answer(header("Bearer"), user(helper.Named("alice")), expires, refresh),
			"capability[]=authtype\nauthtype=Bearer\ncredential=" + canary + "\nusername=alice\npassword_expiry_utc=4102444800\noauth_refresh_token=r1\n",
		},
		{"GIT-42: a header to a caller that cannot send it", "", answer(header("Bearer")), ""},
		{"GIT-40: other capabilities do not help", "capability[]=state\n", answer(header("Bearer")), ""},
		{"GIT-20: a capability that was taken back", offered + "capability[]=\n", answer(header("Bearer")), ""},
		{"a header of another name than Authorization", offered, answer(header("")), ""},

		{"GIT-43: a token as a password", "", answer(token), "username=oauth2\npassword=" + canary + "\n"},
		{"GIT-43: Basic is offered", offered + bearer + basic, answer(token), "username=oauth2\npassword=" + canary + "\n"},
		{"GIT-43: Basic is offered in one line with another", offered + "wwwauth[]=Bearer realm=\"a, \\\"b\", basic realm=x\n", answer(token), "username=oauth2\npassword=" + canary + "\n"},
		{"GIT-43: only Bearer is offered", offered + bearer, answer(token), "capability[]=authtype\nauthtype=Bearer\ncredential=" + canary + "\nephemeral=1\n"},
		{"GIT-43: Basic only in a quoted text", offered + "wwwauth[]=Bearer realm=\"a, Basic b\"\n", answer(token), "capability[]=authtype\nauthtype=Bearer\ncredential=" + canary + "\nephemeral=1\n"},
		{"GIT-20: what was offered is taken back", offered + bearer + "wwwauth[]=\n", answer(token), "username=oauth2\npassword=" + canary + "\n"},
		{"GIT-43: only Bearer is offered, but it cannot be sent", bearer, answer(token), "username=oauth2\npassword=" + canary + "\n"},
		{"GIT-43: the record says bearer", offered, answer(token, expires, sentAs("Bearer")), "capability[]=authtype\nauthtype=Bearer\ncredential=" + canary + "\nephemeral=1\npassword_expiry_utc=4102444800\n"},
		{"GIT-34: the asked account, only a fixed user name", offered + "username=alice\n", answer(token), "capability[]=authtype\nauthtype=Bearer\ncredential=" + canary + "\nephemeral=1\n"},
		{"GIT-49: challenges never turn a password into a token", offered + bearer, answer(), "username=alice\npassword=" + canary + "\n"},

		{"GIT-44: a login of keyglot's own", "", answer(oauth), "username=oauth2\npassword=" + canary + "\npassword_expiry_utc=4102444800\n"},
		{"GIT-44: the same to a caller that can be told", offered, answer(oauth), "capability[]=authtype\nephemeral=1\nusername=oauth2\npassword=" + canary + "\npassword_expiry_utc=4102444800\n"},
		{"GIT-44: the same as a token", offered + bearer, answer(oauth), "capability[]=authtype\nauthtype=Bearer\ncredential=" + canary + "\nephemeral=1\npassword_expiry_utc=4102444800\n"},

		{"GIT-45: expired", "", answer(secret(helper.Secret{}), refresh), "username=alice\noauth_refresh_token=r1\n"},
		{"GIT-45: expired, no refresh token", "", answer(secret(helper.Secret{}), expires), "username=alice\n"},
		{"GIT-45: an expired header, to anybody", "", answer(header("Bearer"), secret(helper.Secret{}), refresh), "oauth_refresh_token=r1\n"},
		{"GIT-45: expired, nothing known", "", answer(header("Bearer"), secret(helper.Secret{})), ""},
	} {
		got := client(protocoltest.Answering(row.record)).Run(t, row.request+h, "get")
		equal(t, row.name, got, says(row.want))
	}
}

// GIT-46, SEC-7: what would be more than one line is not told at all, nor is
// another user's credential.
func TestUnspeakable(t *testing.T) {
	t.Parallel()
	lines := "the stored credential holds a line break or NUL, which git cannot take"
	for _, row := range []struct {
		name, request string
		record        helper.Answer
		line          string
	}{
		{"a line feed in the password", "", answer(secret(helper.NewSecret(canary + "\nhost=evil"))), lines},
		{"CR at the end of the password", "", answer(secret(helper.NewSecret(canary + "\r"))), lines},
		{"NUL in the user name", "", answer(user(helper.Named("a\x00b"))), lines},
		{"a line feed in a refresh token", "", answer(func(a *helper.Answer) { a.Refresh = helper.NewSecret("r\nurl=https://evil") }), lines},
		{"a line feed in a header", offered, answer(header("Bearer"), secret(helper.NewSecret("\n"+canary))), lines},
		{"a line feed in a scheme", offered, answer(header("Bearer\nquit=1")), lines},
		{"another user than was asked for", "username=bob\n", answer(), "the stored credential is another user's than the one that was asked for"},
		{"another user's token, which cannot be sent without one", "username=alice\n", answer(token), "the stored credential is another user's than the one that was asked for"},
	} {
		got := client(protocoltest.Answering(row.record)).Run(t, row.request+h, "get")
		equal(t, row.name, got, fails(row.line))
	}
}

// GIT-8: an answer of any size is one write, which protocoltest checks.
func TestLargeAnswer(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("p", 512<<10)
	got := client(protocoltest.Answering(answer(secret(helper.NewSecret(long))))).Run(t, h, "get")
	equal(t, "512 KiB", got, says("username=alice\npassword="+long+"\n"))
}
