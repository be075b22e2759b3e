// KWOK, the kubelet of the tests: it makes nodes ready and pods run, without running anything.
//
// This is sigs.k8s.io/kwok/cmd/kwok, and with MUSTER_EXIT_WITH_STDIN=1 it dies when its standard input
// closes: the tests hold the other end of that pipe. It is a module of its own because it needs other
// versions of the common dependencies than Kubernetes does.
package main

import (
	"io"
	"os"

	"github.com/spf13/pflag"
	"sigs.k8s.io/kwok/pkg/config"
	"sigs.k8s.io/kwok/pkg/kwok/cmd"
	"sigs.k8s.io/kwok/pkg/log"
	"sigs.k8s.io/kwok/pkg/utils/signals"
)

func main() {
	if os.Getenv("MUSTER_EXIT_WITH_STDIN") == "1" {
		go exitWithStdin()
	}
	flags := pflag.NewFlagSet("global", pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	flags.Usage = func() {}

	ctx, logger := log.InitFlags(signals.SetupSignalContext(), flags)
	ctx, err := config.InitFlags(ctx, flags)
	if err != nil {
		logger.Error("Read the configuration", "err", err)
		os.Exit(1)
	}
	command := cmd.NewCommand(ctx)
	command.PersistentFlags().AddFlagSet(flags)
	if err := command.ExecuteContext(ctx); err != nil {
		logger.Error("Run", "err", err)
		os.Exit(1)
	}
}

func exitWithStdin() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(1)
}
