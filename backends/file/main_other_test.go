//go:build !linux

package file

import (
	"testing"

	"keyglot/backends/backendtest"
)

func TestMain(m *testing.M) { backendtest.Main(m, Backend()) }
