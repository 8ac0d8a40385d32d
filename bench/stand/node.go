package stand

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"time"
)

// Build makes the program from the module that the suite runs in, and gives
// its path.
func Build(ctx context.Context, dir string) (string, error) {
	binary := filepath.Join(dir, "praatpaal")
	out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "github.com/praatpaal/praatpaal").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return binary, nil
}

// Plan says how a node is run.
type Plan struct {
	Binary string
	Args   []string // of the program; nil: it serves
	Dir    string   // for the log and the keys
	Redis  string   // PRAATPAAL_REDIS
	Inside string   // network namespace; "" for ours
	Host   string   // to listen on; "" is 127.0.0.1
	Env    []string // more settings, which win
}

// Keys is the folder of the sealing keys that all nodes of a plan share.
func (p Plan) Keys() string { return filepath.Join(p.Dir, "keys") }

// Node is one running server.
type Node struct {
	Process
	Addr string // host:port
}

// StartNode runs a server and waits until it is ready.
func StartNode(plan Plan, name string) (*Node, error) {
	host := plan.Host
	if host == "" {
		host = "127.0.0.1"
	}
	n := &Node{Addr: fmt.Sprintf("%s:%d", host, Port())}
	n.name, n.log = name, filepath.Join(plan.Dir, name+".log")
	n.args = []string{plan.Binary}
	if plan.Inside != "" {
		n.args = []string{"ip", "netns", "exec", plan.Inside, plan.Binary}
	}
	n.args = append(n.args, plan.Args...)
	n.env = append([]string{
		"PRAATPAAL_ADDR=" + n.Addr, "PRAATPAAL_REDIS=" + plan.Redis, "PRAATPAAL_KEYS=" + plan.Keys(),
		"PRAATPAAL_SAY_PER_MINUTE=0", "PRAATPAAL_CONNECTS_PER_SECOND=0",
	}, plan.Env...)
	if err := n.Start(); err != nil {
		return nil, errors.Join(err, n.Kill())
	}
	return n, nil
}

// Start runs the node, again after it has ended, and waits until it is ready.
func (n *Node) Start() error {
	if err := n.start(); err != nil {
		return err
	}
	if err := until(150*time.Second, func() error { return n.Asks("/readyz", time.Second) }); err != nil {
		return fmt.Errorf("%s is not ready: %w\n%s", n.name, err, n.Log())
	}
	return nil
}

// Asks gets a page of the node; an error when it does not answer 200 in time.
func (n *Node) Asks(path string, most time.Duration) error {
	client := http.Client{Timeout: most, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get("http://" + n.Addr + path)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, answer.Status)
	}
	return nil
}
