package helper

import (
	"context"
	"fmt"
	"strings"
)

// Ailing is a store that knows what can be wrong with it besides that it cannot
// be used, which its Custody says.
type Ailing interface {
	// Ailments looks and changes nothing. It unlocks nothing and never names a
	// secret.
	Ailments(ctx context.Context) []Ailment
}

// Ailment is what `doctor` says about a store.
type Ailment struct {
	Text string
	Fix  string // the command that mends it; "": it is worth knowing, no more
}

// Replaceable are the ailments of a store whose programs' folders or files a
// group may write to (SEC-75).
func Replaceable(paths []string) []Ailment {
	var found []Ailment
	for _, path := range paths {
		found = append(found, Ailment{
			Text: "the group may replace programs: " + path,
			Fix:  "chmod g-w " + Quoted(path),
		})
	}
	return found
}

// Exposed is the ailment of a folder of the store's own: others may read or list
// n of its files and folders (SEC-50).
func Exposed(dir string, n int) Ailment {
	return Ailment{
		Text: fmt.Sprintf("others may read or list what is in %s (files and folders: %d)", dir, n),
		Fix:  "chmod -R go= " + Quoted(dir),
	}
}

// Quoted makes text one word for a POSIX shell, whatever is in it.
func Quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// Mender is a store that can move damage out of its way.
type Mender interface {
	// Mend moves aside what is damaged, deletes nothing, and says of each what
	// it was and where it is now. Moves and an error may both come back.
	Mend(ctx context.Context) ([]string, error)
}
