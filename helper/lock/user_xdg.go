//go:build !windows && !darwin

package lock

// belowHome is where the state lies if nothing says otherwise.
const belowHome = ".local/state/keyglot"
