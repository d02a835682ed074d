package provider

import "keyglot/helper"

// https://docs.aws.amazon.com/codeartifact/latest/ug/tokens-authentication.html
var awsCodeArtifact = Preset{
	ID:        "aws-codeartifact",
	Kinds:     []helper.Kind{helper.Bearer},
	BasicUser: "aws",
	Note:      "name it with --provider; tokens end after 12 hours, so give --expires",
}
