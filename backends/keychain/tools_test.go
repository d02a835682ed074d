package keychain

func generic(service, account, data string) item {
	return item{Service: service, Account: account, Data: []byte(data)}
}

// internet is an item as git's helper stores it.
func internet(server string, port int32, protocol, path, account, data string) item {
	return item{
		Internet: true, Server: server, Port: port, Protocol: protocol, Path: path, Account: account,
		Type: "dflt", Label: server, Data: []byte(data),
	}
}

// docker is an item as docker's helper stores it.
func docker(server string, port int32, protocol, path, account, data string) item {
	i := internet(server, port, protocol, path, account, data)
	i.Type, i.Label = "", "Docker Credentials"
	return i
}

// altered is i after a change.
func altered(i item, change func(*item)) item {
	change(&i)
	return i
}

// neighbours is a keychain as several tools fill it, with hostile items among
// theirs; tools is what each source must read of it.
func neighbours(suffix string) []item {
	return []item{
		generic("git:https://gcm"+suffix+"/org", "ann@corp", "pä"),
		generic("git:https://oauth-refresh-token.gcm"+suffix+"/org", "ann@corp", "r"),
		generic("git:gcm"+suffix, "eve", "p"),
		generic("git:https://gcm"+suffix+"/../x", "eve", "p"),
		generic("gh:gh"+suffix, "ann", "go-keyring-base64:dDE="),
		generic("gh:gh"+suffix, "bob", "go-keyring-encoded:7432"),
		generic("gh:gh"+suffix, "", "go-keyring-base64:dDE="),
		generic("gh:a@b"+suffix, "eve", "t"),
		generic("uv:uv"+suffix, "ann", "p"),
		generic("uv:http://uv"+suffix+":3141", "__token__", "t"),
		generic("uv:uv"+suffix, "e\x01ve", "p"),
		generic("cargo-registry:sparse+https://cargo"+suffix+"/i/", "", "t"),
		generic("cargo-registry:sparse+https://eve"+suffix+"/i/", "eve", "t"),
		generic("cargo-registry:ftp://eve"+suffix+"/", "", "t"),
		generic("https://py"+suffix+"/simple", "ann", "p1"),
		generic("https://py"+suffix+"/simple", "bob", "p2"),
		generic("https://u@py"+suffix, "eve", "p"),
		generic("https://py"+suffix, "", "p"),
		generic("Browser Safe Storage"+suffix, "Browser", "another program's"),
		generic("keyglot:https://own"+suffix, "ann#0", "{}"),

		generic("rattler", "basic"+suffix, `{"BasicHTTP":{"username":"ann","password":"p"}}`),
		generic("rattler", "*.bearer"+suffix, `{"BearerToken":"t"}`),
		generic("rattler", "s3://bucket"+suffix, `{"S3Credentials":{"access_key_id":"AK","secret_access_key":"SK"}}`),
		generic("rattler", "old-bucket"+suffix, `{"S3Credentials":{"access_key_id":"AK","secret_access_key":"SK"}}`),
		generic("rattler", "__rattler_authentication_hosts", `["basic`+suffix+`"]`),
		generic("rattler", "u@eve"+suffix, `{"BearerToken":"t"}`),
		generic("pixi", "eve"+suffix, `{"BearerToken":"t"}`),

		internet("git"+suffix, 0, "htps", "", "ann", "p1"),
		internet("git"+suffix, 0, "htps", "org/r x.git", "ann", "p2\npassword_expiry_utc=2000000000\noauth_refresh_token=r"),
		internet("git"+suffix, 0, "htps", "", "bob", "go-keyring-base64:p3"),
		internet("git"+suffix, 8443, "htps", "", "ann", "p4"),
		internet("git"+suffix, 60000-1<<16, "http", "", "ann", "p5"),
		internet("git"+suffix, 443, "htps", "", "cat", "p6"),
		internet("git"+suffix, 0, "ftp ", "", "ann", "p7"),
		internet("git"+suffix, 0, "imps", "", "ann", "p8"),
		altered(internet("git"+suffix, 0, "htps", "", "ann", "a form's"), func(i *item) { i.Type = "form" }),
		altered(internet("git"+suffix, 0, "htps", "", "ann", "a realm's"), func(i *item) { i.Domain = "realm" }),
		internet("git"+suffix, 0, "smb ", "", "eve", "p"),
		internet("git"+suffix, 0, "", "", "eve", "p"),
		internet("git"+suffix, 70000, "htps", "", "eve", "p"),
		internet("git"+suffix, 0, "htps", "", "", "p"),
		internet("[", 0, "htps", suffix, "eve", "p"),
		internet("a@git"+suffix, 0, "htps", "", "eve", "p"),
		internet("git"+suffix, 0, "htps", "a\nb", "eve", "p"),

		docker("index"+suffix, 0, "htps", "/v1/", "ann", "d1"),
		docker("reg"+suffix, 0, "htps", "", "<token>", "d2"),
		docker("reg"+suffix, 5000, "htps", "", "ann", "d3"),
		docker("reg"+suffix, 5000, "http", "", "ann", "d4"),
		docker("::1", 5000, "htps", "", "ann"+suffix, "d5"),
		altered(docker("old"+suffix, 0, "htps", "/team", "ann", "d6"), func(i *item) { i.Type = "dflt" }),
		docker("reg"+suffix, 0, "ftp ", "", "eve", "p"),
		docker("reg"+suffix, 0, "htps", "", "", "p"),
		docker("reg"+suffix+"/x", 0, "htps", "", "eve", "p"),
		docker("reg"+suffix, 0, "htps", "/a?b", "eve", "p"),
		docker("reg"+suffix, 0, "htps", "x", "eve", "p"),
		docker("", 0, "htps", "/x", "eve", "p"),
		altered(docker("reg"+suffix, 0, "htps", "", "eve", "p"), func(i *item) { i.Domain = "realm" }),
	}
}

type wanted struct {
	schema schema
	lines  []string
}

func tools(suffix string) map[string]wanted {
	return map[string]wanted{
		"gcm":   {gcmSchema(), []string{`https://gcm` + suffix + `/org "ann@corp" basic "pä"`}},
		"gh":    {ghSchema(), []string{`https://gh` + suffix + ` "ann" bearer "t1"`, `https://gh` + suffix + ` "bob" bearer "t2"`}},
		"uv":    {uvSchema(), []string{`http://uv` + suffix + `:3141 - bearer "t"`, `https://uv` + suffix + ` "ann" basic "p"`}},
		"cargo": {cargoSchema(), []string{`https://cargo` + suffix + `/i - bearer "t" cargo_scheme=raw`}},
		"rattler": {rattlerSchema(), []string{
			`https://*.bearer` + suffix + ` - bearer "t"`,
			`https://basic` + suffix + ` - basic "p"`,
			`https://bearer` + suffix + ` - bearer "t"`,
			`s3://bucket` + suffix + ` - s3 "SK" access_key_id=AK`,
		}},
		"git": {gitSchema(), []string{
			`ftp://git` + suffix + ` "ann" basic "p7" exact`,
			`http://git` + suffix + `:60000 "ann" basic "p5" exact`,
			`https://git` + suffix + ` "ann" basic "p1" exact`,
			`https://git` + suffix + ` "bob" basic "go-keyring-base64:p3" exact`,
			`https://git` + suffix + ` "cat" basic "p6" exact`,
			`https://git` + suffix + `/org/r%20x.git "ann" basic "p2" exact refresh=r until=2033-05-18`,
			`https://git` + suffix + `:8443 "ann" basic "p4" exact`,
			`imaps://git` + suffix + ` "ann" basic "p8" exact`,
		}},
		"docker": {dockerSchema(), []string{
			`http://reg` + suffix + `:5000 "ann" basic "d4" alias=http://reg` + suffix + `:5000`,
			`https://[::1]:5000 "ann` + suffix + `" basic "d5" alias=[::1]:5000`,
			`https://index` + suffix + ` "ann" basic "d1" alias=https://index` + suffix + `/v1/`,
			`https://old` + suffix + `/team "ann" basic "d6" alias=https://old` + suffix + `/team`,
			`https://reg` + suffix + ` "<token>" identity "d2" alias=reg` + suffix,
			`https://reg` + suffix + `:5000 "ann" basic "d3" alias=reg` + suffix + `:5000`,
		}},
		"keyring": {keyringSchema(), []string{`https://py` + suffix + `/simple "ann" basic "p1"`, `https://py` + suffix + `/simple "bob" basic "p2"`}},
	}
}
