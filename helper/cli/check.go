package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"keyglot/helper"
	"keyglot/helper/curl"
	"keyglot/helper/provider"
)

// opinion is what a service says of a credential.
type opinion struct {
	taken   *bool        // nil: it was not asked
	account *accountView // whose the service says it is; nil: it does not
	label   string       // the account's name there
}

// refusal is a service's no.
type refusal struct {
	host   string
	status string
}

func (r *refusal) Error() string { return r.host + " refuses this credential (" + r.status + ")" }

// Unwrap makes it a denial.
func (*refusal) Unwrap() error { return helper.ErrDenied }

// unasked is a question without an answer.
type unasked struct {
	host string
	err  error
}

func (u *unasked) Error() string { return u.host + " could not be asked: " + u.err.Error() }

// Unwrap returns the cause.
func (u *unasked) Unwrap() error { return u.err }

// offline reports whether no server may be asked.
func (a *app) offline() bool { return a.common.offline || a.Getenv("KEYGLOT_OFFLINE") != "" }

// verify asks a service whether it takes a credential. The error is a *refusal,
// an *unasked or that of the context.
func (a *app) verify(ctx context.Context, c helper.Credential, check provider.Check, agent string) (opinion, error) {
	at, err := helper.SplitAddress(check.URL)
	if err != nil {
		return opinion{}, err
	}
	host := show(at.Host)
	request, err := requestOf(c, check)
	if err != nil {
		return opinion{}, err
	}
	request.UserAgent = cmp.Or(agent, "keyglot/"+version())
	program, err := curl.Find(a.Getenv("PATH"), a.Environ())
	if err != nil {
		return opinion{}, &unasked{host, err}
	}
	over := a.waiting(host)
	answer, err := program.Ask(ctx, request)
	over()
	if ctx.Err() != nil {
		return opinion{}, errInterrupted
	}
	if err != nil {
		return opinion{}, &unasked{host, err}
	}
	if a.talk.verbose > 1 {
		method := "GET"
		if check.JSON != "" {
			method = "POST"
		}
		asked, err := at.Target("")
		if err != nil {
			return opinion{}, err
		}
		host = method + " " + show(asked.Shown())
	}
	a.detail("asked: %s answers %d", host, answer.Status)
	v, err := judge(answer, check, show(at.Host))
	if v.repeats(c.Secret.Reveal()) {
		v.label, v.account = "", nil
	}
	return v, err
}

// repeats reports whether a service gives back what it was asked with, as a name
// that would be shown.
func (o opinion) repeats(secret string) bool {
	words := []string{o.label}
	if o.account != nil {
		words = append(words, text(o.account.ID), text(o.account.Email), text(o.account.Name), text(o.account.Org))
	}
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(w, secret) })
}

// requestOf is the check with the credential where its kind is sent.
func requestOf(c helper.Credential, check provider.Check) (curl.Request, error) {
	r := curl.Request{URL: helper.NewSecret(check.URL), JSON: check.JSON}
	if c.Kind == helper.Conda {
		a, err := helper.SplitAddress(check.URL)
		if err != nil {
			return r, err
		}
		t, err := a.Target("")
		r.URL = helper.NewSecret(condaURL(t, c.Secret.Reveal()))
		return r, err
	}
	h := headerOf(helper.Answer{Credential: c, Sends: c.BasicUser(c.User)})
	if h == nil {
		return r, errors.New("what is stored is sent by no header")
	}
	r.Header = []curl.Header{{Name: h.Name, Value: helper.NewSecret(h.Value)}}
	for key, value := range c.Extra {
		if name, ok := strings.CutPrefix(key, extraHeader); ok {
			r.Header = append(r.Header, curl.Header{Name: name, Value: value})
		}
	}
	return r, nil
}

// judge reads an answer.
func judge(answer curl.Answer, check provider.Check, host string) (opinion, error) {
	yes := true
	status := strconv.Itoa(answer.Status)
	switch {
	case answer.Status == 401 || answer.Status == 403:
		return opinion{}, &refusal{host, status}
	case answer.Status < 200 || answer.Status > 299:
		return opinion{}, &unasked{host, errors.New("it answers " + status)}
	case check.Login == "" && check.ID == "" && check.Needed == "":
		return opinion{taken: &yes}, nil
	}
	var body map[string]any
	reader := json.NewDecoder(strings.NewReader(string(answer.Body)))
	reader.UseNumber()
	if err := reader.Decode(&body); err != nil {
		return opinion{}, &unasked{host, errors.New("its answer is not what it is known to say")}
	}
	if check.Needed != "" && inside(body, check.Needed) == nil {
		return opinion{}, &refusal{host, "it knows nobody by it"}
	}
	v := opinion{taken: &yes, label: said(body, check.Login)}
	who := accountView{ID: optional(said(body, check.ID)), Email: optional(said(body, check.Email)), Name: optional(cmp.Or(said(body, check.Name), v.label)), Org: optional(said(body, check.Org))}
	if who != (accountView{}) {
		v.account = &who
	}
	return v, nil
}

// inside is the value inside objects by its names, with dots between; nil if it
// is null or not there.
func inside(in any, names string) any {
	for name := range strings.SplitSeq(names, ".") {
		object, _ := in.(map[string]any)
		in = object[name]
	}
	return in
}

// said is a member for people: what a server says may hold anything.
func said(in map[string]any, names string) string {
	if names == "" {
		return ""
	}
	text := ""
	switch value := inside(in, names).(type) {
	case string:
		text = value
	case json.Number:
		text = value.String()
	}
	if len(text) > 200 || helper.HasControl(text) {
		return ""
	}
	return text
}
