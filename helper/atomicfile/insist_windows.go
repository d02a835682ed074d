package atomicfile

import (
	"errors"
	"math/rand/v2"
	"time"

	"golang.org/x/sys/windows"
)

// patience is how long others may be in the way.
const patience = 2 * time.Second

// insist repeats what fails only because another process has the file open, or
// is about to give its name to another one: Windows then denies access, where
// other systems let both go on.
func insist(f func() error) error {
	end := time.Now().Add(patience)
	for {
		err := f()
		inTheWay := errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED)
		if !inTheWay || time.Now().After(end) {
			return err
		}
		time.Sleep(time.Millisecond + rand.N(10*time.Millisecond))
	}
}
