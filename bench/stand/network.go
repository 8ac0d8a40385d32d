package stand

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Network is a bridge with one namespace for each of several machines. It
// needs root.
type Network struct {
	id    string
	net   string // first three numbers of the addresses
	count int
}

// NewNetwork makes machines 0 to n-1. number tells apart the networks of one
// process, 0 to 199.
func NewNetwork(number, n int) (*Network, error) {
	w := &Network{id: fmt.Sprintf("f%dx%d", os.Getpid()%100000, number), net: fmt.Sprintf("10.%d.%d", 100+os.Getpid()%100, number)}
	steps := []string{
		"link add " + w.id + " type bridge",
		"addr add " + w.net + ".254/24 dev " + w.id,
		"link set " + w.id + " up",
	}
	for i := range n {
		wire := fmt.Sprintf("%s-%d", w.id, i)
		inside := w.Name(i)
		steps = append(steps,
			"netns add "+inside,
			"link add "+wire+" type veth peer name eth0 netns "+inside,
			"link set "+wire+" master "+w.id+" up",
			"-n "+inside+" addr add "+w.Host(i)+"/24 dev eth0",
			"-n "+inside+" link set eth0 up",
			"-n "+inside+" link set lo up")
		w.count++
	}
	for _, step := range steps {
		if err := ip(step); err != nil {
			return nil, errors.Join(err, w.Close())
		}
	}
	return w, nil
}

// Name of the namespace of a machine.
func (w *Network) Name(i int) string { return fmt.Sprintf("%s-ns%d", w.id, i) }

// Host is the address of a machine.
func (w *Network) Host(i int) string { return fmt.Sprintf("%s.%d", w.net, i+1) }

// Cut drops what goes from one machine to another, or lets it pass again.
func (w *Network) Cut(from, to int, yes bool) error {
	act := "del"
	if yes {
		act = "add"
	}
	return ip("-n " + w.Name(from) + " route " + act + " blackhole " + w.Host(to) + "/32")
}

// Close takes it all down; processes inside have ended before.
func (w *Network) Close() error {
	var errs []error
	for i := range w.count {
		errs = append(errs, ip("netns del "+w.Name(i)))
	}
	return errors.Join(append(errs, ip("link del "+w.id))...)
}

func ip(args string) error {
	out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ip %s: %w: %s", args, err, out)
	}
	return nil
}
