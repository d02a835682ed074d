package cli

import (
	"bytes"
	"context"
	"fmt"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/agefile"
	"keyglot/helper/format/record"
)

// bundle is keyglot's own format for records: all that a store keeps of them,
// in clear, or under a passphrase as age has it (AUTH-67).
const bundle = "keyglot"

const askBundle = "Passphrase of the file: "

// bundle writes records, under a passphrase if they are to be encrypted.
func (c *exportCommand) bundle(ctx context.Context, a *app, records []helper.Credential) ([]byte, error) {
	data, err := record.EncodeList(records)
	if err == nil && (c.Encrypt || c.PassphraseStdin) {
		var passphrase helper.Secret
		if c.PassphraseStdin {
			passphrase, err = a.passphrase(ctx, true, "")
		} else {
			passphrase, err = a.newPassphrase(ctx, askBundle, stdinAdvice, "written")
		}
		if err != nil {
			return nil, err
		}
		data, err = agefile.SealPassphrase(passphrase, agefile.WorkFactor, data)
	}
	if err == nil && len(data) > atomicfile.MaxSize {
		err = fmt.Errorf("more than %d bytes, which no import reads: %w", atomicfile.MaxSize, helper.ErrUnsupported)
	}
	return data, err
}

// parseBundle reads what bundle wrote. What it is told by is its first line.
func (c *importCommand) parseBundle(ctx context.Context, a *app) codec {
	return func(data []byte, _ string) ([]helper.Item, []helper.Skip, error) {
		if bytes.HasPrefix(data, []byte(agefile.Intro)) {
			passphrase, err := a.passphrase(ctx, c.PassphraseStdin, askBundle)
			if err != nil {
				return nil, nil, err
			}
			if data, err = agefile.UnsealPassphrase(passphrase, data); err != nil {
				return nil, nil, err
			}
		}
		records, err := record.DecodeList(data)
		var items []helper.Item
		for _, r := range records {
			items = append(items, helper.Item{Credential: r})
		}
		return items, nil, err
	}
}
