package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"keyglot/helper"
)

// Provider is [providers.ID]: a service that the user describes, or adds to.
type Provider struct {
	ID        string   `toml:"-"`
	Hosts     []string `toml:"hosts"`
	Kinds     []string `toml:"kinds"`
	BasicUser string   `toml:"basic_user"`
	Header    string   `toml:"header"`
	CreateURL string   `toml:"create_url"`
	RevokeURL string   `toml:"revoke_url"`
	CheckURL  string   `toml:"check_url"`
}

// providers checks the user's services, sorted by name.
func (c *Config) providers(list map[string]Provider) error {
	for _, id := range slices.Sorted(maps.Keys(list)) {
		p := list[id]
		p.ID = id
		for i, host := range p.Hosts {
			parse := func(text string) (string, error) { return helper.ParseHost(helper.SchemeHTTPS, text) }
			if strings.HasPrefix(host, "*.") {
				parse = helper.ParseWildcard
			}
			host, err := parse(host)
			if err != nil {
				return fmt.Errorf("providers.%s.hosts: not a host", id)
			}
			p.Hosts[i] = host
		}
		if p.CheckURL != "" && !asks(p.CheckURL, p.Hosts) {
			return fmt.Errorf("providers.%s.check_url: not an https address on one of its hosts", id)
		}
		for _, kind := range p.Kinds {
			if !slices.Contains([]helper.Kind{helper.Basic, helper.Bearer, helper.Header, helper.Conda}, helper.Kind(kind)) {
				return fmt.Errorf("providers.%s.kinds: basic, bearer, header or conda", id)
			}
		}
		if p.Header != "" && !isHeader(p.Header) {
			return fmt.Errorf(`providers.%s.header: not "Name: value" with {key} in the value`, id)
		}
		c.Providers = append(c.Providers, p)
	}
	return nil
}

// asks reports whether an address is https and on one of the hosts: no check
// carries a credential elsewhere.
func asks(address string, hosts []string) bool {
	a, err := helper.SplitAddress(address)
	if err != nil || a.Scheme != helper.SchemeHTTPS || a.HasUser {
		return false
	}
	t, err := a.Target("")
	return err == nil && slices.Contains(hosts, t.Host)
}

// isHeader reports whether an API key can be put into a template. The header
// itself is checked where it is made.
func isHeader(template string) bool {
	name, value, ok := strings.Cut(template, ":")
	return ok && name != "" && !strings.Contains(name, " ") && !helper.HasControl(template) && strings.Contains(value, "{key}")
}
