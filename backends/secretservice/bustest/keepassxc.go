package bustest

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
)

// settings switch KeePassXC's Secret Service on, and its dialogs off. It saves
// at its end only: version 2.7.4 dies when something is deleted while another
// of its threads saves.
const settings = `[General]
ConfigVersion=2
UpdateCheckMessageShown=true
AutoSaveAfterEveryChange=false
AutoSaveOnExit=true
[GUI]
CheckForUpdates=false
[FdoSecrets]
Enabled=true
ShowNotification=false
ConfirmDeleteItem=false
ConfirmAccessItem=false
UnlockBeforeSearch=false
`

// database is an empty one whose root group is shown on the bus. The group is
// named in the settings by its identifier, which only an import can fix.
const database = `<?xml version="1.0" encoding="UTF-8"?>
<KeePassFile><Meta><Generator>test</Generator><DatabaseName>test</DatabaseName><RecycleBinEnabled>False</RecycleBinEnabled>
<CustomData><Item><Key>FDO_SECRETS_EXPOSED_GROUP</Key><Value>{%s}</Value></Item></CustomData></Meta>
<Root><Group><UUID>%s</UUID><Name>Root</Name></Group></Root></KeePassFile>
`

// KeePassXC starts KeePassXC with a database that it opens, or leaves locked.
func (b *Bus) KeePassXC(unlocked bool) error {
	if err := b.makeDatabase(); err != nil {
		return err
	}
	args := []string{"--config", b.path("keepassxc.ini"), "--localconfig", b.path("local.ini"), b.path("test.kdbx")}
	if unlocked {
		args = append([]string{"--pw-stdin"}, args...)
	}
	cmd := b.command("keepassxc", args...)
	cmd.Stdin = strings.NewReader(Password + "\n")
	return b.start(cmd, func() bool { return b.isOpen(unlocked) })
}

// isOpen reports whether the default collection is there and as it should be:
// KeePassXC shows it locked before it has read the password.
func (b *Bus) isOpen(unlocked bool) bool {
	out, err := b.busctl("call", "org.freedesktop.secrets", "/org/freedesktop/secrets", "org.freedesktop.Secret.Service", "ReadAlias", "s", "default")
	_, quoted, found := strings.Cut(out, "o ")
	path := strings.Trim(quoted, "\"\n")
	if err != nil || !found || path == "/" {
		return false
	}
	out, err = b.busctl("get-property", "org.freedesktop.secrets", path, "org.freedesktop.Secret.Collection", "Locked")
	return err == nil && strings.Contains(out, fmt.Sprint(!unlocked))
}

func (b *Bus) makeDatabase() error {
	if _, err := os.Stat(b.path("test.kdbx")); err == nil {
		return nil
	}
	uuid := "0123456789abcdef0123456789abcdef"
	raw, err := hex.DecodeString(uuid)
	if err != nil {
		return err
	}
	dashed := strings.Join([]string{uuid[:8], uuid[8:12], uuid[12:16], uuid[16:20], uuid[20:]}, "-")
	xml := fmt.Sprintf(database, dashed, base64.StdEncoding.EncodeToString(raw))
	for name, text := range map[string]string{"keepassxc.ini": settings, "test.xml": xml} {
		if err := os.WriteFile(b.path(name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	cmd := b.command("keepassxc-cli", "import", "-q", "-p", "-t", "100", b.path("test.xml"), b.path("test.kdbx"))
	cmd.Stdin = strings.NewReader(Password + "\n" + Password + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("keepassxc-cli: %w: %s", err, out)
	}
	return nil
}
