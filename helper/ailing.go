package helper

import "context"

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

// Mender is a store that can move damage out of its way.
type Mender interface {
	// Mend moves aside what is damaged, deletes nothing, and says of each what
	// it was and where it is now. Moves and an error may both come back.
	Mend(ctx context.Context) ([]string, error)
}
