package dockerconfig

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"keyglot/helper"
	"keyglot/helper/strictjson"
)

// KeptByHelper is the reason why an entry without a secret is skipped.
const KeptByHelper = "a credential helper keeps the secret"

// Helpers returns the names of the credential helpers that the file appoints,
// NAME for docker-credential-NAME: the one for all hosts, then those for some.
// A name that could lead elsewhere is left out.
func Helpers(data []byte) ([]string, error) {
	all, some := "", map[string]bool{}
	r := strictjson.New(data)
	r.Object(func(name string) {
		switch {
		case name == "credsStore" && r.Next() == '"':
			all = r.Text()
		case name == "credHelpers" && r.Next() == '{':
			r.Members(func(string) {
				if r.Next() != '"' {
					r.Skip()
					return
				}
				some[r.Text()] = true
			})
		default:
			r.Skip()
		}
	})
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("%w: %w", err, helper.ErrInvalid)
	}
	delete(some, all)
	list := append([]string{all}, slices.Sorted(maps.Keys(some))...)
	return slices.DeleteFunc(list, func(name string) bool {
		return name == "" || helper.HasControl(name) || strings.ContainsAny(name, `/\: `)
	}), nil
}
