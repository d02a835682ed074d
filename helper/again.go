package helper

import "time"

// Other processes may change what is looked at or written. Who finds that out
// begins anew, so often and no more.
const (
	looks = 5 // for what is read without a lock
	tries = 3 // for a change
)

// errMoving is the end of it.
var errMoving = Cause("another process keeps changing it", &ErrTemporary)

// recordTime bounds the work on one record, which an interrupt does not cut
// short.
const recordTime = 30 * time.Second
