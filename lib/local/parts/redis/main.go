// Command redis serves the Redis protocol from memory on one loopback address, for machines
// that have no redis-server. Argo CD uses Redis as a cache alone, so nothing is persisted.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alicebob/miniredis/v2"
)

func main() {
	address := flag.String("bind", "127.0.0.1:6379", "address to listen on")
	flag.Parse()

	server := miniredis.NewMiniRedis()
	if password := os.Getenv("REDIS_PASSWORD"); password != "" {
		server.RequireAuth(password)
	}
	if err := server.StartAddr(*address); err != nil {
		fmt.Fprintf(os.Stderr, "redis: %s: %v\n", *address, err)
		os.Exit(1)
	}
	// miniredis lets keys expire only when told that time has passed.
	go func() {
		for range time.Tick(time.Second) {
			server.FastForward(time.Second)
		}
	}()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	<-stop
	server.Close()
}
