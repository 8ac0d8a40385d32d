package stand

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// clockFile is put beside the files of package time in a program whose clock
// can be wrong: no kernel can set the clock of one process.
const clockFile = `package time

import "syscall"

var wrongBy, wrongAfter, wrongJump = readClock()

func readClock() (by, after, jump int64) {
	text, _ := syscall.Getenv("FAULT_CLOCK")
	out, n := [3]int64{}, 0
	sign := int64(1)
	for _, r := range text {
		switch {
		case r == ',' && n < 2:
			out[n] *= sign
			n, sign = n+1, 1
		case r == '-':
			sign = -1
		case r >= '0' && r <= '9':
			out[n] = 10*out[n] + int64(r-'0')
		}
	}
	out[n] *= sign
	return out[0], out[1], out[2]
}

func wrong(mono int64) int64 {
	if wrongAfter > 0 && mono-startNano > wrongAfter*1e9 {
		return wrongBy + wrongJump
	}
	return wrongBy
}
`

// BuildWithClock makes the program with a clock that Clock can put wrong.
func BuildWithClock(ctx context.Context, dir string) (string, error) {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(strings.TrimSpace(string(root)), "src", "time")
	source, err := os.ReadFile(filepath.Join(folder, "time.go"))
	if err != nil {
		return "", err
	}
	const asked = "func Now() Time {\n\tsec, nsec, mono := runtimeNow()\n"
	if !strings.Contains(string(source), asked) {
		return "", errors.New("this Go asks for the time in another way: adapt bench/stand/clock.go")
	}
	patched := strings.Replace(string(source), asked, asked+"\tsec += wrong(mono)\n", 1)
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(folder, "time.go"): filepath.Join(dir, "time.go"), filepath.Join(folder, "clock.go"): filepath.Join(dir, "clock.go"),
	}})
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "praatpaal-clock")
	err = errors.Join(
		os.WriteFile(filepath.Join(dir, "time.go"), []byte(patched), 0o600),
		os.WriteFile(filepath.Join(dir, "clock.go"), []byte(clockFile), 0o600),
		os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600),
	)
	if err != nil {
		return "", err
	}
	out, err := exec.CommandContext(ctx, "go", "build", "-overlay", filepath.Join(dir, "overlay.json"), "-o", binary, "github.com/praatpaal/praatpaal").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return binary, nil
}

// Clock is the setting of a node whose clock is wrong, and jumps some time
// after its start; after 0 it never does.
func Clock(by, after, jump time.Duration) string {
	return fmt.Sprintf("FAULT_CLOCK=%d,%d,%d", int64(by.Seconds()), int64(after.Seconds()), int64(jump.Seconds()))
}
