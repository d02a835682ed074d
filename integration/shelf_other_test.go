//go:build !linux

package integration_test

// memory is there on Linux only.
var memory = shelf{name: "kernel", options: []string{"--backend", "kernel"}, ready: func(h *home) { h.t.Skip("the keyrings are Linux's") }}

func inMemory(any) {}
