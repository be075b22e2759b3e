// The render worker turns the files of a source into canonical objects. It is a long-lived child of the hub or the
// CLI, and speaks frames (internal/wire) over stdin and stdout. It opens no file and no connection, starts no program
// and reads no environment: it knows only the bytes that it is sent.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime/debug"
)

func main() {
	memoryMiB := flag.Int64("memory-mib", 256, "soft limit of the heap: the collector works harder as it comes near")
	flag.Parse()
	debug.SetMemoryLimit(*memoryMiB << 20)
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "render worker:", err)
		os.Exit(1)
	}
}
