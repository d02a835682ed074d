package provider

import "keyglot/helper"

// https://docs.gitlab.com/user/profile/personal_access_tokens/ and
// https://docs.gitlab.com/ci/jobs/ci_job_token/
var gitlab = Preset{
	ID:        "gitlab",
	Hosts:     []string{"gitlab.com"},
	Kinds:     []helper.Kind{helper.Bearer},
	BasicUser: "oauth2",
	Variables: []Variable{{Name: "CI_JOB_TOKEN", Host: "CI_SERVER_HOST", User: "gitlab-ci-token"}},
	CreateURL: "https://gitlab.com/-/user_settings/personal_access_tokens",
	RevokeURL: "https://gitlab.com/-/user_settings/personal_access_tokens",
}
