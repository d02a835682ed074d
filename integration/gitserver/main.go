// Gitserver serves the bare repositories of a folder on a free loopback port,
// behind Basic auth, until its standard input ends:
//
//	printf '%s\n' "$TOKEN" | go run ./integration/gitserver FOLDER USER
//
// The password is the first line of stdin, so that no list of processes shows
// it. The address is its only output.
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"keyglot/integration/githttp"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: gitserver FOLDER USER  (the password is the first line of stdin)")
		os.Exit(2)
	}
	if err := serve(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "gitserver:", err)
		os.Exit(1)
	}
}

func serve(folder, user string) error {
	root, err := filepath.Abs(folder)
	if err != nil {
		return err
	}
	stdin := bufio.NewReader(os.Stdin)
	password, err := stdin.ReadString('\n')
	if err != nil {
		return fmt.Errorf("read the password: %w", err)
	}
	handler, err := githttp.New(root, map[string]string{user: strings.TrimSuffix(password, "\n")})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", listener.Addr())
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		_, _ = io.Copy(io.Discard, stdin)
		_ = server.Close()
	}()
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return nil
}
