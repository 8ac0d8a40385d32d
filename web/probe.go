package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Probe asks a running server at a listen address whether it lives.
func Probe(ctx context.Context, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	url := "http://" + strings.Replace(addr, "0.0.0.0", "127.0.0.1", 1) + "/healthz"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("probe: no answer: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("probe: %s: %s", addr, answer.Status)
	}
	return nil
}
