package service

import "keyglot/helper"

// Problem is a fault in what a person typed: a fixed text, a fixed hint, and
// the reason by which JSON output names it. It wraps helper.ErrUsage.
type Problem struct{ Reason, Message, Advice string }

func (p *Problem) Error() string { return p.Message }

// Unwrap makes a problem a usage error with advice.
func (p *Problem) Unwrap() error {
	return helper.Advise(helper.ErrUsage, p.Advice)
}

func problem(reason, message, advice string) error {
	return &Problem{reason, message, advice}
}

// bad is the refusal of an address; why is one of a few fixed texts, never
// part of what was typed.
func bad(why string) error {
	return problem("bad_service", "this is not a service address ("+why+")", "give a host, host:port, https URL or s3://bucket")
}

func wildcardForm() error {
	return problem("wildcard", `a wildcard is one leading "*." before a domain`, "name the domain: *.example.com")
}

func tooWide(base string) error {
	return problem("wildcard", "*."+base+" would cover every site under a public suffix", "name the domain: *.example."+base)
}
