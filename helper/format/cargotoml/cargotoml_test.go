package cargotoml_test

import (
	"testing"

	"keyglot/helper"
	"keyglot/helper/format/cargotoml"
	"keyglot/helper/helpertest"
)

const config = `
[registries.mine]
index = "sparse+https://cargo.example/index/"
[registries.old]
index = "https://git.example/index"
[registries.bad]
index = "ssh://git@git.example/index"
`

// AUTH-66, CARGO-6: cargo's files.
func TestParse(t *testing.T) {
	t.Parallel()
	parse := func(data []byte) ([]helper.Item, []helper.Skip, error) { return cargotoml.Parse(data, []byte(config)) }
	helpertest.Codec(parse).Table(t,
		helpertest.Row("crates.io and a registry", "[registry]\ntoken = \"a\"\n\n[registries.mine]\ntoken = \"b\"\n[registries.old]\ntoken = \"c\"\n",
			`1 https://crates.io - bearer "a" cargo_scheme=raw`, `4 https://cargo.example/index - bearer "b" cargo_scheme=raw`,
			`6 https://git.example/index - bearer "c" cargo_scheme=raw`),
		helpertest.Row("crates.io by its own name", "[registries.crates-io]\ntoken = \"a\"\n", `1 https://crates.io - bearer "a" cargo_scheme=raw`),
		helpertest.Row("nothing", ""),
		helpertest.Row("what is no entry", "[registry]\nsecret-key = \"k\"\n[registries.bad]\ntoken = \"a\"\n[registries.mine]\n[registries.unknown]\ntoken = \"a\"\n",
			"1 skipped: a secret key, which signs and is never sent", "3 skipped: the registry's index is not an address",
			"5 skipped: no token", "6 skipped: config.toml names no index for this registry"),
		helpertest.Row("not TOML", "[registry]\ntoken = CANARY\n", "line 2: not valid TOML, or a value of the wrong type: not valid"),
	)
}

func TestTarget(t *testing.T) {
	t.Parallel()
	for index, want := range map[string]string{
		"sparse+https://index.crates.io/":                       "https://crates.io",
		"registry+https://github.com/rust-lang/crates.io-index": "https://crates.io",
		"https://github.com/rust-lang/crates.io-index":          "https://crates.io",
		"sparse+https://H.example:443/i/":                       "https://h.example/i",
		"registry+https://h.example/i":                          "https://h.example/i",
		"sparse+https://u:p@h.example/":                         "",
		"ssh://h.example/i":                                     "",
		"h.example":                                             "",
	} {
		got, err := cargotoml.Target(index)
		if text := got.String(); err == nil && text != want || (err != nil) != (want == "") {
			t.Errorf("%s: %s, %v; want %s", index, text, err, want)
		}
	}
}
