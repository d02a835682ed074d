package provider

import "keyglot/helper"

var azureArtifacts = Preset{
	ID:        "azure-artifacts",
	Hosts:     []string{"pkgs.dev.azure.com"},
	Kinds:     []helper.Kind{helper.Bearer, helper.Basic},
	BasicUser: "VssSessionToken",
	CreateURL: "https://dev.azure.com/_usersSettings/tokens",
	RevokeURL: "https://dev.azure.com/_usersSettings/tokens",
}
