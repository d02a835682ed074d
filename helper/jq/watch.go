package jq

import (
	"runtime/metrics"
	"time"
)

// watch calls stop once the process has more memory than it may have. What it
// returns ends the watch.
func watch(limit uint64, stop func()) (end func()) {
	over := make(chan struct{})
	go func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-over:
				return
			case <-tick.C:
				if inUse() > limit {
					stop()
				}
			}
		}
	}()
	return func() { close(over) } // it may be late itself where memory is short
}

// inUse is the memory that the process has from the system and did not give
// back: heap and stacks, what is garbage included.
func inUse() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() - samples[1].Value.Uint64()
}
