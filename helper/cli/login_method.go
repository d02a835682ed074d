package cli

import (
	"fmt"
	"strings"

	"keyglot/helper"
	"keyglot/helper/provider"
)

// methodFlags say how a login gives its secret: one of them, or none.
type methodFlags struct {
	Password      *string  `placeholder:"P" help:"The password; - reads it from standard input."`
	PasswordStdin bool     `help:"Read the password from standard input."`
	Token         *string  `short:"t" placeholder:"T" help:"A token; - reads it from standard input."`
	TokenStdin    bool     `aliases:"with-token" help:"Read a token from standard input."`
	WithAPIKey    bool     `name:"with-api-key" help:"An API key, from standard input or asked for, sent as the service wants it."`
	CondaToken    *string  `placeholder:"T" help:"A token that travels in the path of a conda channel; - reads it."`
	Header        []string `placeholder:"NAME: VALUE" help:"A whole header; the value - is read from standard input; repeatable."`
	S3AccessKeyID *string  `name:"s3-access-key-id" placeholder:"ID" help:"The access key id for s3://bucket."`
	S3Secret      *string  `name:"s3-secret-access-key" placeholder:"KEY" help:"Its secret; - reads it from standard input."`
	S3Session     *string  `name:"s3-session-token" placeholder:"T" help:"Its session token; - reads it from standard input."`
	S3Region      string   `name:"s3-region" placeholder:"NAME" help:"The region of the bucket."`
	S3Endpoint    string   `name:"s3-endpoint" placeholder:"URL" help:"The server, if it is not Amazon's."`
}

// method is one group of flags, named by the flag that people are told of.
type method string

const (
	methodNone     method = ""
	methodPassword method = "--password"
	methodToken    method = "--token"
	methodAPIKey   method = "--with-api-key"
	methodConda    method = "--conda-token"
	methodHeader   method = "--header"
	methodS3       method = "--s3-access-key-id"
)

// one is the method that was chosen. Two of them exclude each other, and
// standard input is read for one flag only.
func (f *methodFlags) one() (method, error) {
	var given []string
	var chosen method
	for _, row := range []struct {
		m     method
		name  string
		given bool
	}{
		{methodToken, "--token", f.Token != nil},
		{methodToken, "--token-stdin", f.TokenStdin},
		{methodPassword, "--password", f.Password != nil},
		{methodPassword, "--password-stdin", f.PasswordStdin},
		{methodAPIKey, "--with-api-key", f.WithAPIKey},
		{methodConda, "--conda-token", f.CondaToken != nil},
		{methodHeader, "--header", len(f.Header) > 0},
		{methodS3, f.s3(), f.s3() != ""},
	} {
		if row.given {
			given, chosen = append(given, row.name), row.m
		}
	}
	if len(given) > 1 {
		return chosen, &fault{
			Reason: "methods_mixed", Message: strings.Join(given, " and ") + " exclude each other",
			Advice: "a token: --token -; a password: --username NAME --password -",
		}
	}
	if chosen == methodS3 && (f.S3AccessKeyID == nil || f.S3Secret == nil) {
		return chosen, &fault{Reason: "s3_incomplete", Message: "S3 needs --s3-access-key-id and --s3-secret-access-key", Advice: "add the missing one"}
	}
	if chosen == methodHeader {
		return chosen, f.checkHeaders()
	}
	return chosen, nil
}

// s3 is the first of the S3 flags that is given, or "".
func (f *methodFlags) s3() string {
	switch {
	case f.S3AccessKeyID != nil:
		return "--s3-access-key-id"
	case f.S3Secret != nil:
		return "--s3-secret-access-key"
	case f.S3Session != nil:
		return "--s3-session-token"
	case f.S3Region != "":
		return "--s3-region"
	case f.S3Endpoint != "":
		return "--s3-endpoint"
	}
	return ""
}

// maxHeaders is the number of headers of one record.
const maxHeaders = 8

// checkHeaders refuses what is no header, or none that may be set (AUTH-65).
func (f *methodFlags) checkHeaders() error {
	form := &fault{Reason: "bad_header", Message: `--header needs "Name: value"`}
	stdin := 0
	seen := map[string]bool{}
	for _, text := range f.Header {
		name, value, ok := cutHeader(text)
		lower := strings.ToLower(name)
		if !ok || value == "" {
			return form
		}
		switch lower {
		case "host", "content-length", "transfer-encoding", "connection", "te", "trailer", "upgrade":
			return &fault{Reason: "bad_header", Message: "this header cannot be set"}
		}
		if seen[lower] || len(f.Header) > maxHeaders {
			return &fault{Reason: "bad_header", Message: "this header cannot be set", Advice: "at most 8 headers, each once"}
		}
		seen[lower] = true
		if value == "-" {
			stdin++
		}
	}
	if stdin > 1 {
		return &fault{Reason: "stdin_twice", Message: "only one flag can read standard input", Advice: "give the other by prompt"}
	}
	return nil
}

// cutHeader splits "Name: value". The name is a token of RFC 9110, 5.6.2.
func cutHeader(text string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(text, ":")
	value = strings.Trim(value, " \t")
	if name == "" {
		return "", "", false
	}
	for i := range len(name) {
		c := name[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0:
		default:
			return "", "", false
		}
	}
	return name, value, ok
}

// fits refuses a method that the address or the service does not go with.
func (l *login) fits() error {
	s3 := l.typed.Target.Scheme == helper.SchemeS3
	switch {
	case l.method == methodS3 && !s3:
		return &fault{Reason: "s3_unfit", Message: "S3 keys belong to s3://BUCKET, not to a web address", Advice: "use s3://BUCKET with --s3-access-key-id ..."}
	case s3 && l.method != methodS3:
		return &fault{Reason: "s3_unfit", Message: "s3://BUCKET takes S3 keys only", Advice: "use s3://BUCKET with --s3-access-key-id ..."}
	case l.user.Set && (l.method == methodConda || l.method == methodS3 || l.method == methodHeader):
		return &fault{Reason: "user_unfit", Message: "--username does not go with " + string(l.method), Advice: "leave it out"}
	case l.Username != nil && *l.Username == "":
		return emptyUser()
	case l.method == methodPassword && l.user.Set && l.user.Name == "":
		return emptyUser()
	}
	if kind := l.kind(); kind != "" && !l.AnyKind && !l.preset.Takes(kind) {
		what, how := wants(l.preset)
		return &fault{Reason: "kind_refused", Message: fmt.Sprintf("%s takes %s", show(l.typed.Target.Host), what), Advice: "use " + how + ", or --any-kind"}
	}
	return nil
}

// kind is what the method makes; "" if that is still to be asked.
func (l *login) kind() helper.Kind {
	switch l.method {
	case methodPassword:
		return helper.Basic
	case methodToken:
		return helper.Bearer
	case methodAPIKey:
		if l.preset.Header != "" {
			return helper.Header
		}
		return helper.Bearer
	case methodConda:
		return helper.Conda
	case methodS3:
		return helper.S3
	case methodHeader:
		return helper.Header
	}
	if l.typed.Password.IsSet() {
		return helper.Basic
	}
	return ""
}

// wants says what a service takes, and the flag for it.
func wants(p provider.Preset) (what, flag string) {
	switch p.Kinds[0] {
	case helper.Conda:
		return "a conda token", "--conda-token -"
	case helper.Header:
		return "an API key", "--with-api-key"
	case helper.S3:
		return "S3 keys", "--s3-access-key-id ..."
	case helper.Basic:
		return "a user name and password", "--username NAME --password -"
	}
	return "a token", "--token -"
}
