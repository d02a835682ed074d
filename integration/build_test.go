package integration_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"keyglot/helper/helpertest"
)

// builder is docker's build without docker's daemon: the same words, and images
// below $BUILDER.
const builder = `#!/bin/sh
[ "$1" = build ] && shift
exec buildah --root "$BUILDER/images" --runroot "$BUILDER/run" --storage-driver vfs \
	bud --isolation chroot --layers "$@"
`

// image is what the lines of the docs are built on: a shell, cat, and programs
// that say what they found.
const image = "FROM scratch\nCOPY root /\n"

// TestBuildSecrets: the lines of docs/auth.md hand a build its secret, in a
// variable, in a file and as a netrc; the secret is in no layer, and a new one
// does not start the build anew, while a build argument stays in the image (J1,
// J2, J3).
func TestBuildSecrets(t *testing.T) {
	t.Parallel()
	need(t, "buildah", "busybox", "sh")
	h := newHome(t)
	for name, text := range map[string]string{
		"bin/docker":        builder,
		"work/root/bin/npm": "#!/bin/sh\necho \"npm has ${#NPM_TOKEN} characters: ${NPM_TOKEN%%-*}\"\necho installed >/npm-done\n",
		"work/root/bin/pip": "#!/bin/sh\nwhile read -r line; do case $line in *build-*) echo \"pip has a netrc\"; esac; done </root/.netrc\necho installed >/pip-done\n",
	} {
		h.write(name, text, 0o755)
	}
	path, err := exec.LookPath("busybox")
	if err != nil {
		t.Fatal(err)
	}
	busybox, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h.write("work/root/bin/sh", string(busybox), 0o755)
	if err := os.Symlink("sh", h.path("work/root/bin/cat")); err != nil {
		t.Fatal(err)
	}
	h.env["PATH"] = h.path("bin") + ":" + h.env["PATH"]
	h.env["BUILDER"] = h.path("builder")
	login := func(host, secret string) { h.must(secret, "keyglot", "auth", "login", host, "--token", "-") }
	try := func(dockerfile, line string) result {
		h.write("work/Dockerfile", image+dockerfile, 0o600)
		return h.run("", "sh", "-euc", line)
	}
	if r := try("RUN :\n", "docker build ."); r.rc != 0 {
		helpertest.Missing(t, fmt.Sprintf("buildah may not build here: %v", r))
	}
	build := func(dockerfile, line string) string {
		t.Helper()
		r := try(dockerfile, line)
		if r.rc != 0 {
			t.Fatalf("%v", r)
		}
		return r.out + r.stderr
	}
	npm, pip := recipe(t, "RUN --mount=type=secret,id=npm "), recipe(t, "RUN --mount=type=secret,id=netrc,")
	byVariable, byNetrc := recipe(t, "NPM_TOKEN="), recipe(t, "keyglot exec --netrc --netrc-file")

	login("registry.example", "first-c4n4ry")
	if said := build(npm, byVariable); !strings.Contains(said, "npm has 12 characters: first\n") {
		t.Errorf("a variable: %s", said)
	}
	login("registry.example", "second-c4n4ry")
	if said := build(npm, byVariable); strings.Contains(said, "npm has") || !strings.Contains(said, "Using cache") {
		t.Errorf("a new secret starts the build anew: %s", said)
	}
	h.write("work/secret", "third-c4n4ry", 0o600) // as docker/build-push-action hands over what its secrets name
	if said := build(npm+"#\n", "docker build --no-cache --secret id=npm,src=secret ."); !strings.Contains(said, "npm has 12 characters: third\n") {
		t.Errorf("a file: %s", said)
	}
	login("pkg.example", "build-c4n4ry")
	if said := build(pip, byNetrc); !strings.Contains(said, "pip has a netrc\n") {
		t.Errorf("a netrc: %s", said)
	}
	if found := holds(t, h.path("builder"), "c4n4ry"); len(found) > 0 {
		t.Errorf("the images hold the secret: %v", found)
	}
	build("ARG NPM_TOKEN\nENV NPM_TOKEN=$NPM_TOKEN\n", `docker build --build-arg NPM_TOKEN="$(keyglot auth token registry.example)" .`)
	if found := holds(t, h.path("builder"), "c4n4ry"); len(found) == 0 {
		t.Error("a build argument is looked for in the wrong place")
	}
}

// holds are the files below dir that have text.
func holds(t *testing.T, dir, text string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(text)) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
