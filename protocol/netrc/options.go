package netrc

import (
	"errors"
	"slices"
	"strings"
)

// options are the words behind the operation.
type options struct {
	help    bool
	words   []string // what is no option, in order
	ports   string   // exact, both, host; "" if not given
	readers []string // --for
	strict  bool
	scheme  string // https, http; "" if not given
	all     bool
	out     string
	force   bool
	yes     bool
}

// parse reads options that stand before, behind and between the words, as
// --name=value or --name value. Its errors repeat no input: what looks like an
// option may be a secret in the wrong place.
func parse(args, known []string) (options, error) {
	var o options
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		switch {
		case word == "--":
			o.words = append(o.words, args...)
			return o, nil
		case !strings.HasPrefix(word, "-") || word == "-":
			o.words = append(o.words, word)
			continue
		case word == "--help" || word == "-h":
			o.help = true
			return o, nil
		}
		name, value, given := strings.Cut(word, "=")
		if name == "-o" {
			name = "--out"
		}
		if !slices.Contains(known, name) {
			return o, errors.New("unknown option")
		}
		if o.flag(name) {
			if given {
				return o, errors.New(name + " takes no value")
			}
			continue
		}
		if !given {
			if len(args) == 0 {
				return o, errors.New(name + " needs a value")
			}
			value, args = args[0], args[1:]
		}
		if err := o.set(name, value); err != nil {
			return o, err
		}
	}
	return o, nil
}

// flag sets an option without a value; false: name has one.
func (o *options) flag(name string) bool {
	flags := map[string]*bool{
		"--strict": &o.strict, "--all": &o.all, "--force": &o.force, "--yes": &o.yes,
	}
	flag, ok := flags[name]
	if ok {
		*flag = true
	}
	return ok
}

func (o *options) set(name, value string) error {
	switch name {
	case "--ports":
		if value != portsExact && value != portsBoth && value != portsHost {
			return errors.New("--ports is exact, both or host")
		}
		o.ports = value
	case "--scheme":
		if value != "https" && value != "http" {
			return errors.New("--scheme is https or http")
		}
		o.scheme = value
	case "--for":
		for name := range strings.SplitSeq(value, ",") {
			if !slices.Contains(readers(), name) {
				return errors.New("--for is a list of " + strings.Join(readers(), ","))
			}
			o.readers = append(o.readers, name)
		}
	case "--out":
		if value == "" {
			return errors.New("--out needs a file")
		}
		o.out = value
	}
	return nil
}
