package proof

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestABurstOfChangesIsOneChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		seen := make(chan struct{})
		ended := make(chan struct{})
		var times atomic.Int32
		go func() { defer close(ended); debounce(ctx, seen, func() { times.Add(1) }) }()
		for range 40 {
			seen <- struct{}{}
			time.Sleep(quiet / 2)
		}
		synctest.Wait()
		if got := times.Load(); got != 0 {
			t.Errorf("read %d times while files were being saved", got)
		}
		time.Sleep(quiet)
		synctest.Wait()
		if got := times.Load(); got != 1 {
			t.Errorf("read %d times after forty files, want once", got)
		}
		seen <- struct{}{}
		time.Sleep(2 * quiet)
		synctest.Wait()
		if got := times.Load(); got != 2 {
			t.Errorf("read %d times after one more file, want twice", got)
		}
		stop()
		<-ended
	})
}

func TestChangesInNewFoldersAreSeenAndWatchingEnds(t *testing.T) {
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "nl"), 0o755); err != nil {
		t.Fatal(err)
	}
	changed := make(chan struct{})
	stop, err := Watch(folder, func() {
		select {
		case changed <- struct{}{}:
		case <-t.Context().Done():
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"nl/start.md", "nl/grooming/photo.md", "nl/grooming/photo.md"} {
		if err := Save(folder, map[string]string{name: time.Now().String()}); err != nil {
			t.Fatal(err)
		}
		select {
		case <-changed:
		case <-time.After(time.Minute):
			t.Fatal("the change was not seen")
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestAFolderThatIsNotThereCannotBeWatched(t *testing.T) {
	if _, err := Watch(filepath.Join(t.TempDir(), "nowhere"), func() {}); err == nil {
		t.Error("it is watched")
	}
}
