package dockerconfig_test

import (
	"testing"

	"keyglot/helper/format/dockerconfig"
	"keyglot/helper/helpertest"
)

// DOC-73, AUTH-66: the auths of config.json.
func TestParse(t *testing.T) {
	t.Parallel()
	helpertest.Codec(dockerconfig.Parse).Table(t,
		helpertest.Row("a password, as docker login writes it", `{
	"auths": {
		"ghcr.io": {
			"auth": "YW5uOnAx"
		},
		"https://index.docker.io/v1/": {
			"auth": "Ym9iOnA6Mg=="
		}
	}
}`, `3 https://ghcr.io "ann" basic "p1" alias=ghcr.io`,
			`6 https://docker.io "bob" basic "p:2" alias=https://index.docker.io/v1/`),
		helpertest.Row("NULs at the ends of the password are cut", `{"auths":{"r.example":{"auth":"dTpwAAA="}}}`,
			`1 https://r.example "u" basic "p" alias=r.example`),
		helpertest.Row("user name and password in clear", `{"auths":{"r.example:5000/team":{"username":"u","password":"p"}}}`,
			`1 https://r.example:5000/team "u" basic "p" alias=r.example:5000/team`),
		helpertest.Row("an identity token", `{"auths":{"r.example":{"auth":"dTo=","identitytoken":"it"}}}`,
			`1 https://r.example "<token>" identity "it" alias=r.example`),
		helpertest.Row("an identity token as a user", `{"auths":{"r.example":{"auth":"PHRva2VuPjppdA=="}}}`,
			`1 https://r.example "<token>" identity "it" alias=r.example`),
		helpertest.Row("a registry token", `{"auths":{"r.example":{"registrytoken":"rt"}}}`,
			`1 https://r.example - bearer "rt" alias=r.example`),
		helpertest.Row("no auths, other members", `{"credsStore":"pass","HttpHeaders":{"a":["b"]},"auths":null}`),
		helpertest.Row("nothing of it", `{}`),
		helpertest.Row("what is no entry", `{"auths":{
"a.example":{},
"b.example":{"auth":"%%"},
"c.example":{"auth":"dQ=="},
"d.example":{"auth":"dTo="},
"e\\.example":{"auth":"dTpw"},
"f.example":7,
"g.example":{"auth":"dQo6cA=="},
"h.example":{"email":"u@h.example"},
"":{"auth":"dTpw"},
"docker.io":{"auth":"dTpw"},
"index.docker.io":{"auth":"dTpw"}}}`,
			"2 skipped: a credential helper keeps the secret", "3 skipped: auth is not user:password in base64",
			"4 skipped: auth is not user:password in base64", "5 skipped: no user name and password", "6 skipped: not a server",
			"7 skipped: a credential helper keeps the secret", "8 skipped: a control character in the user name",
			"9 skipped: a credential helper keeps the secret", "10 skipped: not a server",
			`11 https://docker.io "u" basic "p" alias=docker.io`, `12 https://docker.io "u" basic "p" alias=index.docker.io`),
		helpertest.Row("SEC-3: a server twice", "{\"auths\":{\"a.example\":{\"auth\":\"dTpw\"},\n\"a.example\":{\"auth\":\"dTpx\"}}}",
			"line 2: a member given twice: not valid"),
		helpertest.Row("SEC-3: a member twice, in another case", `{"auths":{"a.example":{"auth":"dTpw","Auth":"dTpx"}}}`,
			"line 1: a member given twice: not valid"),
		helpertest.Row("SEC-3: not UTF-8", "{\"auths\":{\"a.example\":{\"password\":\"\xff\"}}}", "line 1: not UTF-8: not valid"),
		helpertest.Row("SEC-5: half a file", `{"auths":{"a.example":{"auth":"dTpw"}`, "line 1: not the JSON that is expected here: not valid"),
		helpertest.Row("not an object", `[]`, "line 1: not the JSON that is expected here: not valid"),
	)
}
