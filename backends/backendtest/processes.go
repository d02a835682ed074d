package backendtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
)

// variable tells a test binary that it is a child, and what it is to do.
const variable = "KEYGLOT_BACKENDTEST"

const processes = 20

// order is what a child gets.
type order struct {
	Backend string
	World   World
	Role    string // "one", "churn", "loop"
	N       int
	Own     helper.Key // what this child alone writes
	Crowded bool       // the store may have no room for it
	Rounds  int        // of "churn"
}

// Main is TestMain for a package that runs the suite: it makes the test binary
// able to be its own child. backends are what a child may open.
func Main(m *testing.M, backends ...helper.Backend) {
	text, child := os.LookupEnv(variable)
	if !child {
		os.Exit(m.Run())
	}
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	for _, b := range backends {
		if b.Name == o.Backend {
			if err := o.run(b); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			os.Exit(0)
		}
	}
	os.Exit(2)
}

// command is this test binary as a child.
func (f fixture) command(o order) *exec.Cmd {
	f.Helper()
	program, err := os.Executable()
	if err != nil {
		f.Fatal(err)
	}
	o.Backend, o.World = f.Backend.Name, f.world
	text, err := json.Marshal(o)
	if err != nil {
		f.Fatal(err)
	}
	cmd := exec.CommandContext(f.Context(), program)
	cmd.Env = append(os.Environ(), variable+"="+string(text))
	return cmd
}

func (o order) run(b helper.Backend) error {
	_, _ = io.Copy(io.Discard, os.Stdin)                                    // its end is the signal to start
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute) // a guard: go test has one of ten
	defer cancel()
	store, err := b.Open(ctx, o.World.Env(b))
	if err != nil {
		return err
	}
	switch o.Role {
	case "one":
		err := store.Save(ctx, torn(b, o.Own, o.N))
		if o.Crowded && errors.Is(err, helper.ErrUnsupported) {
			fmt.Println(noRoom)
			return nil
		}
		return err
	case "churn":
		return o.churn(ctx, b, store)
	}
	for n := o.N; ; n++ { // "loop", until it is killed
		if err := store.Save(ctx, torn(b, sharedKey, n)); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

// noRoom is what a child says whose record was refused.
const noRoom = "no room"

var sharedKey = key(gitRealm, "", helper.Named("shared"))

// torn is a record that shows when it was put together from two.
func torn(b helper.Backend, k helper.Key, n int) helper.Credential {
	return helper.Credential{
		Entry:  helper.Entry{Key: k, Known: true, Kind: b.Kinds[0], Origin: strconv.Itoa(n)},
		Secret: helper.NewSecret(strings.Repeat(strconv.Itoa(n)+" ", 200+n%7*100)),
		Gen:    uint64(n),
	}
}

// whole returns the number of a record that torn made. A store that keeps no
// generation keeps nothing but the secret.
func whole(b helper.Backend, c helper.Credential) (int, error) {
	first, _, _ := strings.Cut(c.Secret.Reveal(), " ")
	n, err := strconv.Atoi(first)
	want := torn(b, c.Key, n)
	if err != nil || !c.Secret.Equal(want.Secret) || c.Gen != 0 && (!c.Same(want) || c.Gen != want.Gen) {
		return 0, errors.New("a record that nobody wrote")
	}
	return n, nil
}

// churn saves, removes and loads one key that others work on too.
func (o order) churn(ctx context.Context, b helper.Backend, store helper.Store) error {
	for i := range o.Rounds {
		switch (o.N + i) % 3 {
		case 0:
			if err := store.Save(ctx, torn(b, sharedKey, o.N*100+i)); err != nil {
				return fmt.Errorf("save: %w", err)
			}
		case 1:
			c, err := store.Load(ctx, sharedKey)
			if err == nil {
				_, err = whole(b, c)
			}
			if err != nil && !errors.Is(err, helper.ErrNotFound) {
				return fmt.Errorf("load: %w", err)
			}
		default:
			if err := store.Remove(ctx, sharedKey); err != nil {
				return fmt.Errorf("remove: %w", err)
			}
		}
	}
	return store.Save(ctx, torn(b, o.Own, o.N))
}

func testProcesses(t *testing.T, s Suite) {
	user := func(n int) string { return "user" + strconv.Itoa(n) }
	ofOneRealm := func(n int) helper.Key { return key(gitRealm, "", helper.Named(user(n))) }
	beside := func(n int) helper.Key { return s.beside(user(n)) }
	t.Run("first use, each its own key of one realm", func(t *testing.T) {
		f := newFixture(t, s)
		f.all("one", ofOneRealm)
		if s.Limits.OneAccount && len(f.held) != 1 {
			t.Errorf("%d accounts were stored", len(f.held))
		}
	})
	if s.Limits.OneAccount {
		t.Run("first use, each its own realm", func(t *testing.T) {
			newFixture(t, s).all("one", beside)
		})
	}
	t.Run("save, load and remove of one key", func(t *testing.T) {
		f := newFixture(t, s)
		f.all("churn", beside)
		c, err := f.store.Load(f.Context(), sharedKey)
		if err == nil {
			_, err = whole(s.Backend, c)
		}
		if err != nil && !errors.Is(err, helper.ErrNotFound) {
			t.Error(err)
		}
	})
}

// all runs twenty children that begin at the same time, and checks that what
// each alone wrote is there, or that it was told that there was no room.
func (f fixture) all(role string, own func(int) helper.Key) {
	f.Helper()
	start, release, err := os.Pipe()
	if err != nil {
		f.Fatal(err)
	}
	var children []*exec.Cmd
	var outputs [processes]strings.Builder
	for n := range processes {
		cmd := f.command(order{Role: role, N: n, Own: own(n), Crowded: f.Limits.OneAccount, Rounds: f.some(16)})
		cmd.Stdin, cmd.Stdout, cmd.Stderr = start, &outputs[n], &outputs[n]
		if err := cmd.Start(); err != nil {
			f.Fatal(err)
		}
		children = append(children, cmd)
	}
	start.Close()
	release.Close()
	for n, cmd := range children {
		if err := cmd.Wait(); err != nil {
			f.Errorf("process %d: %v\n%s", n, err, outputs[n].String())
		}
		f.held[own(n)] = !strings.Contains(outputs[n].String(), noRoom)
	}
	maps.DeleteFunc(f.held, func(_ helper.Key, held bool) bool { return !held })
	again := f.again()
	for n := range processes {
		again.holds(torn(f.Backend, own(n), n))
	}
}
