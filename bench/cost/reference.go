package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/redis/go-redis/v9"
)

// reference is one of the two servers that ours is measured against: "echo"
// sends back what it gets, "floor" first writes both messages to Redis in one
// pipeline. Both have gorilla's and go-redis' default buffers.
func reference(ctx context.Context, kind string) error {
	keep := func(context.Context, string, []byte) error { return nil }
	if kind == "floor" {
		options, err := redis.ParseURL(os.Getenv("PRAATPAAL_REDIS"))
		if err != nil {
			return err
		}
		client := redis.NewClient(options)
		defer client.Close()
		keep = func(ctx context.Context, key string, message []byte) error {
			pipe := client.Pipeline()
			pipe.RPush(ctx, key, message)
			pipe.RPush(ctx, key, message)
			_, err := pipe.Exec(ctx)
			return err
		}
	}
	var sockets atomic.Int64
	upgrader := websocket.Upgrader{Subprotocols: []string{"praatpaal.v1"}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /ws", func(w http.ResponseWriter, r *http.Request) {
		ws, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		key := fmt.Sprint("c:", sockets.Add(1))
		for {
			kind, message, err := ws.ReadMessage()
			if err != nil || keep(ctx, key, message) != nil || ws.WriteMessage(kind, message) != nil {
				return
			}
		}
	})
	server := http.Server{Addr: os.Getenv("PRAATPAAL_ADDR"), Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { <-ctx.Done(); _ = server.Close() }()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
