// Package stand puts up what a fault or a benchmark is tried on: nodes of
// Praatpaal as own processes, real Redis in each of its forms, and the wires
// between them that can be cut. The fault suite and the cost benchmark use it.
// It must never touch a process or a network that it did not start, and
// nothing of the product imports it.
package stand

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Process is a program that was started here.
type Process struct {
	// fixed
	name string
	args []string
	env  []string
	log  string // file

	mu   sync.Mutex
	cmd  *exec.Cmd     // guarded by mu
	gone chan struct{} // guarded by mu; closed when cmd has ended
}

// start runs the program; the kernel ends it when the suite dies.
func (p *Process) start() error {
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	cmd := exec.Command(p.args[0], p.args[1:]...)
	cmd.Env = append(os.Environ(), p.env...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	gone := make(chan struct{})
	go func() { _ = cmd.Wait(); close(gone) }() // its exit is read from cmd
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cmd, p.gone = cmd, gone
	return nil
}

// Signal sends a signal to the process; nil when it has ended.
func (p *Process) Signal(s syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return nil
	}
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	return nil
}

// Kill ends the process at once, and waits until it has.
func (p *Process) Kill() error {
	if err := p.Signal(syscall.SIGKILL); err != nil {
		return err
	}
	return p.Wait(5 * time.Second)
}

// Wait waits for the end of the process.
func (p *Process) Wait(most time.Duration) error {
	p.mu.Lock()
	gone := p.gone
	p.mu.Unlock()
	if gone == nil {
		return nil
	}
	select {
	case <-gone:
		return nil
	case <-time.After(most):
		return fmt.Errorf("%s: still there after %v", p.name, most)
	}
}

// PID of the process; 0 before it is started.
func (p *Process) PID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// RSS is the resident memory in bytes; 0 when it cannot be read.
func (p *Process) RSS() int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID()))
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(status, []byte("VmRSS:"))
	fields := strings.Fields(string(rest))
	if len(fields) == 0 {
		return 0
	}
	kib, _ := strconv.ParseInt(fields[0], 10, 64)
	return kib << 10
}

// CPU is the processor time that the process has used, to 10 ms.
func (p *Process) CPU() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.PID()))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond
}

// Files is how many descriptors the process has open.
func (p *Process) Files() int {
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.PID()))
	if err != nil {
		return 0
	}
	return len(open)
}

// Log gives the end of what the process wrote.
func (p *Process) Log() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return ""
	}
	return string(text[max(0, len(text)-2000):])
}

// ports hands out each port once, from a range that neither outgoing
// connections nor the bus of a Cluster (port + 10,000) use.
type ports struct {
	mu   sync.Mutex
	next int
}

var given = &ports{next: 11000 + os.Getpid()*37%9000}

// Port gives a free port.
func Port() int {
	given.mu.Lock()
	defer given.mu.Unlock()
	for {
		given.next++
		if given.next > 21900 {
			given.next = 11000
		}
		if free(given.next) && free(given.next+10000) {
			return given.next
		}
	}
}

func free(port int) bool {
	l, err := net.Listen("tcp", Addr(port))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

// Addr is a port on this machine.
func Addr(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// until asks again and again, and gives the last error when it takes too long.
func until(most time.Duration, ask func() error) error {
	end := time.Now().Add(most)
	for {
		err := ask()
		if err == nil || time.Now().After(end) {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Remove removes a folder into which a child of a killed Redis, which was just
// writing its file anew, may still write for a moment.
func Remove(dir string) error {
	return until(5*time.Second, func() error { return os.RemoveAll(dir) })
}

// folder makes a folder inside another.
func folder(dir, name string) (string, error) {
	path := filepath.Join(dir, name)
	return path, os.MkdirAll(path, 0o700)
}
