package helper

// GrowStack makes the stack of a goroutine that serves a verb at once as large
// as that needs. Growing by itself, it doubles and is copied four times: a
// twentieth of a whole get.
func GrowStack() { growStack(0) }

// growStack has a frame with the room, which nobody touches.
//
//go:noinline
func growStack(words int) byte {
	if words >= 0 {
		return 0
	}
	var room [24 << 10]byte
	return room[-words%len(room)]
}
