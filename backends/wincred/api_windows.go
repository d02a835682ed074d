package wincred

import (
	"context"
	"strings"
	"syscall"

	"github.com/danieljoos/wincred"
	"golang.org/x/sys/windows"

	"keyglot/helper"
)

// system is the Credential Manager itself.
type system struct{}

func open(_ context.Context, env helper.Env) (helper.Store, error) {
	return &Store{api: system{}, namespace: namespace, now: env.Now, getenv: env.Getenv}, nil
}

// openForeign opens what other tools keep there.
func openForeign() api { return system{} }

// lossy reports whether this is a Wine, which forgets attributes.
func lossy() bool {
	return windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil
}

func (system) Read(target string) (credential, error) {
	c, err := wincred.GetGenericCredential(target)
	if err != nil {
		return credential{}, number(err)
	}
	return ours(&c.Credential), nil
}

func (system) List(filter string) ([]credential, error) {
	list := func() ([]*wincred.Credential, error) { return wincred.FilteredList(filter) }
	if filter == "*" {
		list = wincred.List
	}
	found, err := list()
	if err != nil {
		return nil, number(err)
	}
	all := make([]credential, 0, len(found))
	for _, c := range found {
		all = append(all, ours(c))
	}
	return all, nil
}

func (system) Write(c credential) error {
	g := wincred.NewGenericCredential(c.Target)
	g.UserName, g.Comment, g.CredentialBlob = c.User, c.Comment, c.Blob
	return number(g.Write())
}

func (system) Delete(target string) error {
	return number(wincred.NewGenericCredential(target).Delete())
}

// ours leaves out what some enumerations put before a target.
func ours(c *wincred.Credential) credential {
	attributes := make(map[string][]byte, len(c.Attributes))
	for _, a := range c.Attributes {
		attributes[a.Keyword] = a.Value
	}
	return credential{strings.TrimPrefix(c.TargetName, "LegacyGeneric:target="), c.UserName, c.Comment, c.CredentialBlob, c.LastWritten, attributes}
}

func number(err error) error {
	if errno, ok := err.(syscall.Errno); ok {
		return status(errno)
	}
	return err
}
