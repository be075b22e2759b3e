// One program that is every component of a small, real Kubernetes: its first argument says which.
//
//	muster-test-kubernetes etcd|kube-apiserver|kube-controller-manager|kube-scheduler [flags]
//
// Linking the official components into one binary keeps the download, the build and the disk small;
// each still runs as a process of its own, with its own flags and its own --help.
//
// With MUSTER_EXIT_WITH_STDIN=1 a component dies when its standard input closes: the tests hold the other
// end of that pipe, so that however they end, no API server is left behind.
package main

import (
	"fmt"
	"io"
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"

	_ "k8s.io/component-base/logs/json/register"          // --logging-format=json
	_ "k8s.io/component-base/metrics/prometheus/clientgo" // client metrics
	_ "k8s.io/component-base/metrics/prometheus/version"  // version metric
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: muster-test-kubernetes etcd|kube-apiserver|kube-controller-manager|kube-scheduler [flags]")
		os.Exit(2)
	}
	if os.Getenv("MUSTER_EXIT_WITH_STDIN") == "1" {
		go exitWithStdin()
	}
	component := os.Args[1]
	// What follows reads os.Args, so the component's name takes the program's place.
	os.Args = os.Args[1:]
	switch component {
	case "etcd":
		etcdmain.Main(os.Args)
	case "kube-apiserver":
		os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
	case "kube-controller-manager":
		os.Exit(cli.Run(controllermanager.NewControllerManagerCommand()))
	case "kube-scheduler":
		os.Exit(cli.Run(scheduler.NewSchedulerCommand()))
	default:
		fmt.Fprintf(os.Stderr, "unknown component %q: want etcd, kube-apiserver, kube-controller-manager or kube-scheduler\n", component)
		os.Exit(2)
	}
}

func exitWithStdin() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(1)
}
