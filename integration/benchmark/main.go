// Benchmark measures whole processes in pairs and prints the tables of
// docs/performance.md. scripts/benchmark builds what it compares and runs it:
//
//	benchmark -bin DIR -scratch DIR [-pairs N] [-hosts N] [-items N] [-keyring | -pass]
//
// DIR holds keyglot under its program names, age, and floor. Every pair is
// started back to back and in turn first and second, so that what else the
// machine does falls on both alike.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	var b bench
	flag.StringVar(&b.bin, "bin", "", "folder of the programs to compare")
	flag.StringVar(&b.scratch, "scratch", "", "folder for the stores; on the disk that is to be measured")
	flag.IntVar(&b.pairs, "pairs", 300, "pairs per row")
	flag.IntVar(&b.hosts, "hosts", 100_000, "credentials in the large store")
	flag.IntVar(&b.items, "items", 1000, "credentials in the large keyring")
	flag.BoolVar(&b.keyring, "keyring", false, "only the rows about the Secret Service")
	flag.BoolVar(&b.pass, "pass", false, "only the rows about pass")
	flag.Parse()
	if b.bin == "" || b.scratch == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := b.run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		os.Exit(1)
	}
}

type bench struct {
	bin, scratch string
	pairs, hosts int
	items        int
	keyring      bool
	pass         bool
}

func (b *bench) run(ctx context.Context) error {
	if b.keyring {
		return b.secretService(ctx)
	}
	if b.pass {
		return b.passGet(ctx)
	}
	one, err := b.newHome(ctx, "one", 1)
	if err != nil {
		return err
	}
	ten, err := b.newHome(ctx, "ten", 10)
	if err != nil {
		return err
	}
	list, err := b.newHome(ctx, "list", 10_000)
	if err != nil {
		return err
	}
	many, err := b.newHome(ctx, "many", b.hosts)
	if err != nil {
		return err
	}
	if err := b.oneGet(one); err != nil {
		return err
	}
	if err := b.passGet(ctx); err != nil {
		return err
	}
	if err := b.growth(ten, list, many); err != nil {
		return err
	}
	if err := b.secretService(ctx); err != nil {
		return err
	}
	return b.memory(one, many)
}

// oneGet compares an answer from the encrypted store with other programs' work.
func (b *bench) oneGet(h home) error {
	get := h.helper("git-credential-keyglot get", "git-credential-keyglot", "get")
	decrypt, err := b.age(h)
	if err != nil {
		return err
	}
	execPath, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		return fmt.Errorf("git --exec-path: %w", err)
	}
	plain := filepath.Join(h.dir, "plain")
	if err := os.WriteFile(plain, []byte("https://ann:secret-0@host-0.example\n"), 0o600); err != nil {
		return err
	}
	store := h.helper("git-credential-store get (plaintext)",
		filepath.Join(strings.TrimSpace(string(execPath)), "git-credential-store"), "--file", plain, "get")
	fill := func(name, helper string) command {
		return h.helper(name, "git", "-c", "credential.helper=", "-c", "credential.helper="+helper, "credential", "fill")
	}
	gits := fill("git credential fill, helper = store", "store --file "+plain)
	floor := h.helper("a static Go program that writes a line", "floor")
	floor.want = "username=ann\n"
	return b.table("One answer from the encrypted store", []row{
		{a: get, b: decrypt, goal: "1.0"},
		{a: get, b: floor, goal: "1.7"},
		{a: get, b: store, goal: "2.0"},
		{a: fill("git credential fill, as keyglot setup git writes it", "!'"+filepath.Join(b.bin, "keyglot")+"' git"), b: gits, goal: "1.5"},
		{a: fill("git credential fill, helper = keyglot", "keyglot"), b: gits, goal: "1.5"},
	})
}

// age is age's own program decrypting the very file that h's get opens.
func (b *bench) age(h home) (command, error) {
	files, err := filepath.Glob(filepath.Join(h.data(), "realms", "*.age"))
	if err != nil || len(files) != 1 {
		return command{}, fmt.Errorf("%d encrypted files in %s, want 1 (%v)", len(files), h.data(), err)
	}
	c := h.helper("age -d -i KEY FILE", "age", "-d", "-i", filepath.Join(h.state(), "key", "keyglot.key"), files[0])
	c.want = "secret-0"
	return c, nil
}

// growth shows that a call costs the same however much is stored.
func (b *bench) growth(ten, list, many home) error {
	get := func(h home) command {
		c := h.helper(fmt.Sprintf("get, %d stored", h.hosts), "git-credential-keyglot", "get")
		c.stdin = func(i int) string { return request(i * 9973 % h.hosts) }
		c.want = "password=secret-"
		return c
	}
	store := func(h home, name string, host func(i int) int) command {
		c := h.helper(name, "git-credential-keyglot", "store")
		c.stdin = func(i int) string {
			n := host(i)
			return request(n) + fmt.Sprintf("username=ann\npassword=secret-%d\n\n", n)
		}
		c.want = ""
		return c
	}
	unstored := func(h home) func(int) int { return func(i int) int { return 1_000_000 + h.hosts + i } }
	miss := get(ten)
	miss.name, miss.want = "keyglot git get that finds nothing", ""
	miss.path, miss.args = "keyglot", []string{"git", "get"}
	miss.stdin = func(i int) string { return request(2_000_000 + i) }
	hit := get(ten)
	hit.name, hit.path, hit.args = "keyglot git get that finds", "keyglot", []string{"git", "get"}
	listing := list.helper(fmt.Sprintf("auth list, %d stored", list.hosts), "keyglot", "auth", "list")
	listing.want = "host-9999.example"
	short := ten.helper("auth list, 10 stored", "keyglot", "auth", "list")
	short.want = "host-9.example"
	unchanged := store(many, fmt.Sprintf("store that changes nothing, %d stored", many.hosts), func(i int) int { return i % many.hosts })

	return b.table("Much stored against little", []row{
		{a: get(many), b: get(ten), goal: "1.1"},
		{a: unchanged, b: get(many)},
		{a: miss, b: hit, goal: "1.0"},
		{a: listing, b: short, goal: "under 1 s", pairs: 11},
		// Last: these rows leave something behind.
		{
			a: store(many, fmt.Sprintf("store of something new, %d stored", many.hosts), unstored(many)),
			b: store(ten, "store of something new, 10 stored", unstored(ten)), goal: "1.0",
		},
	})
}

// memory prints the most memory that a call had resident.
func (b *bench) memory(one, many home) error {
	fmt.Printf("\n### Peak memory\n\n| call | MiB |\n|---|---|\n")
	floor := one.helper("a static Go program that writes a line", "floor")
	floor.want = "username=ann\n"
	for _, c := range []command{
		floor,
		one.helper("get, 1 stored", "git-credential-keyglot", "get"),
		many.helper(fmt.Sprintf("get, %d stored", many.hosts), "git-credential-keyglot", "get"),
	} {
		peak, err := b.peak(c)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		fmt.Printf("| %s | %.1f |\n", c.name, float64(peak)/1024)
	}
	return nil
}
