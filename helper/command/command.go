// Package command reads a command line by a struct that describes it, and
// prints the help that follows from it. Every field is a command, an argument or
// a flag; an embedded struct's fields count as its owner's. Tags say the rest:
//
//	cmd:""          a command: a struct with fields of its own
//	arg:""          an argument; a []string takes all words that are left
//	help:"TEXT"     one line about it
//	name:"NAME"     its name, if not the field's in lower case: AllProfiles is all-profiles
//	short:"u"       a flag's other name, one letter
//	aliases:"NAME"  a flag's other name, not shown
//	placeholder:"X" what stands for a flag's value in the help
//	default:"TEXT"  a flag's value if it is not given; of a command: chosen if none is named
//	enum:"a,b"      the only values
//	optional:""     an argument that may be left out, or a flag's value
//	required:""     a flag that must be given
//	passthrough:""  an argument from whose first word on nothing is a flag
//	hidden:""       not in the help
//	type:"stop"     a flag that stands for a whole command, as --help does
//
// A field is a string, a *string (nil if not given), a []string (each time it is
// given one more; nothing is split), a time.Duration, a bool, or an int, which
// counts. A struct of a command may have a method Help() string, the text below
// its one line.
//
// A word that was typed may be a secret: no error ever repeats one.
package command

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Command is a command, or the program itself.
type Command struct {
	Name, Help, Detail string
	Hidden             bool
	Parent             *Command
	Commands           []*Command
	Args               []*Arg
	Flags              []*Flag // its own; those of its parents go with it too

	fallback *Command
	target   any // pointer to its struct
}

// Arg is an argument.
type Arg struct {
	value
	Optional, Repeated bool
	rest               bool
}

// Flag is a flag.
type Flag struct {
	value
	Short       string // one letter, or ""
	Switch      bool   // it takes no value, or one behind a "=" alone: Optional
	Optional    bool
	Placeholder string // for its value
	Default     string
	Hidden      bool
	required    bool
	stop        bool
	aliases     []string
}

// value is what a word is read into.
type value struct {
	Name, Help string
	Choices    []string // none: any
	into       any      // pointer to the field
	given      bool
}

// New reads the grammar, a pointer to a struct, for one command line. vars
// replaces words of its help texts.
func New(name, about string, grammar any, vars *strings.Replacer) (*Command, error) {
	root := &Command{Name: name, Help: about, target: grammar}
	if err := root.fields(reflect.ValueOf(grammar).Elem(), vars); err != nil {
		return nil, err
	}
	return root, nil
}

// Target is the pointer to the command's struct.
func (c *Command) Target() any { return c.target }

// Names lists the commands below c, or is "".
func (c *Command) Names() string {
	var names []string
	for _, child := range c.Commands {
		if !child.Hidden {
			names = append(names, child.Name)
		}
	}
	return strings.Join(names, ", ")
}

// Path is the command as it is typed, the program's name first.
func (c *Command) Path() string {
	if c.Parent == nil {
		return c.Name
	}
	return c.Parent.Path() + " " + c.Name
}

func (c *Command) fields(of reflect.Value, vars *strings.Replacer) error {
	for i := range of.NumField() {
		f := of.Type().Field(i)
		tag := func(key string) string { return f.Tag.Get(key) }
		has := func(key string) bool { _, ok := f.Tag.Lookup(key); return ok }
		var err error
		switch into := of.Field(i); {
		case f.Anonymous:
			err = c.fields(into, vars)
		case has("cmd"):
			err = c.below(f, into, vars)
		default:
			v := value{Name: nameOf(f), Help: vars.Replace(tag("help")), into: into.Addr().Interface()}
			if tag("enum") != "" {
				v.Choices = strings.Split(tag("enum"), ",")
			}
			if has("arg") {
				arg := &Arg{value: v, Optional: has("optional"), Repeated: f.Type.Kind() == reflect.Slice, rest: has("passthrough")}
				c.Args = append(c.Args, arg)
				err = arg.check()
				break
			}
			flag := &Flag{
				value: v, Short: tag("short"), Placeholder: tag("placeholder"), Default: tag("default"),
				Hidden: has("hidden"), required: has("required"), stop: tag("type") == "stop",
				Switch: f.Type.Kind() == reflect.Bool || f.Type.Kind() == reflect.Int || has("optional"), Optional: has("optional"),
			}
			if has("aliases") {
				flag.aliases = strings.Split(tag("aliases"), ",")
			}
			c.Flags = append(c.Flags, flag)
			if err = flag.check(); err == nil && flag.Default != "" {
				err = flag.set(flag.Default)
			}
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

// below adds the command that a field is.
func (c *Command) below(f reflect.StructField, into reflect.Value, vars *strings.Replacer) error {
	child := &Command{Name: nameOf(f), Help: vars.Replace(f.Tag.Get("help")), Parent: c, target: into.Addr().Interface()}
	_, child.Hidden = f.Tag.Lookup("hidden")
	if more, ok := child.target.(interface{ Help() string }); ok {
		child.Detail = vars.Replace(more.Help())
	}
	c.Commands = append(c.Commands, child)
	if f.Tag.Get("default") != "" {
		c.fallback = child
	}
	return child.fields(into, vars)
}

// check refuses a field that nothing can be read into.
func (v *value) check() error {
	switch v.into.(type) {
	case *string, **string, *[]string, *time.Duration, *bool, *int:
		return nil
	}
	return fmt.Errorf("a flag or an argument cannot be a %T", v.into)
}

// nameOf is a field's name as it is typed: a hyphen before each capital that
// follows another letter's lower case.
func nameOf(f reflect.StructField) string {
	if name := f.Tag.Get("name"); name != "" {
		return name
	}
	var name []byte
	for i := range len(f.Name) {
		if i > 0 && upper(f.Name[i]) && !upper(f.Name[i-1]) {
			name = append(name, '-')
		}
		name = append(name, f.Name[i])
	}
	return strings.ToLower(string(name))
}

func upper(c byte) bool { return 'A' <= c && c <= 'Z' }

// named reports whether the flag has this long name.
func (f *Flag) named(name string) bool { return f.Name == name || slices.Contains(f.aliases, name) }
