// Command argocd is the part of Argo CD that a cluster needs to pull, compare and sync:
// repo-server, application-controller and applicationset-controller. It leaves the CLI, the
// API server and the UI out, and picks a component as upstream's cmd/main.go does: by
// ARGOCD_BINARY_NAME, else by the name it was started under. Upstream's main also turns gRPC's SRV
// look-ups off; here nothing links grpclb, which turns them on, and upstream's call panics then.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"k8s.io/klog/v2"

	gitopsio "github.com/argoproj/argo-cd/gitops-engine/pkg/utils/io"
	controller "github.com/argoproj/argo-cd/v3/cmd/argocd-application-controller/commands"
	applicationset "github.com/argoproj/argo-cd/v3/cmd/argocd-applicationset-controller/commands"
	gitaskpass "github.com/argoproj/argo-cd/v3/cmd/argocd-git-ask-pass/commands"
	reposerver "github.com/argoproj/argo-cd/v3/cmd/argocd-repo-server/commands"
	"github.com/argoproj/argo-cd/v3/common"
	"github.com/argoproj/argo-cd/v3/util/log"
)

func main() {
	gitopsio.TempDir = "" // else kubeconfigs go to /dev/shm; TMPDIR is in the state folder
	klog.SetLogger(log.NewLogrusLogger(log.NewWithCurrentConfig()))

	name := filepath.Base(os.Args[0])
	if set := os.Getenv("ARGOCD_BINARY_NAME"); set != "" {
		name = set
	}
	components := map[string]func() *cobra.Command{
		common.CommandApplicationController:    controller.NewCommand,
		common.CommandApplicationSetController: applicationset.NewCommand,
		common.CommandGitAskPass:               gitaskpass.NewCommand,
		common.CommandRepoServer:               reposerver.NewCommand,
	}
	if name == common.CommandCLI && len(os.Args) > 1 && os.Args[1] == "version" {
		// As upstream's CLI answers `version --client --short`; what follows tells the two apart.
		fmt.Printf("%s: %s (components of Argosy)\n", name, common.GetVersion())
		return
	}
	component, known := components[name]
	if !known {
		fmt.Fprintf(os.Stderr, "argocd: %q is not a component of this build; set ARGOCD_BINARY_NAME to %s, %s or %s\n",
			name, common.CommandRepoServer, common.CommandApplicationController, common.CommandApplicationSetController)
		os.Exit(2)
	}
	if err := component().Execute(); err != nil {
		os.Exit(1)
	}
}
