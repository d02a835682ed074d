package cli

// elsewhere are flags of other tools' auth commands, for hands that know those:
// gh's and uv's. No help shows them.
type elsewhere struct {
	Hostname        string `hidden:"" help:"The service."`
	KeyringProvider string `hidden:"" help:"Of no effect."`
}

// named makes service the one that --hostname names.
func (e elsewhere) named(a *app, service *string) error {
	if e.KeyringProvider != "" {
		a.detail("--keyring-provider has no effect: the store is chosen by --backend or config.toml")
	}
	switch {
	case e.Hostname == "":
	case *service != "":
		return &fault{Reason: "usage", Message: "the service is given twice: by itself and with --hostname", Advice: "keep one"}
	default:
		*service = e.Hostname
	}
	return nil
}
