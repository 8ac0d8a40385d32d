package proof

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// quiet is how long no file may change before the folder is read: an editor
// who saves forty files at once makes one change.
const quiet = 300 * time.Millisecond

// Watch calls changed after every burst of changes to a folder or the folders
// in it, until stop is called. The calls come one after another, from one
// goroutine, which has ended when stop returns.
func Watch(folder string, changed func()) (stop func() error, err error) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch: %w", err)
	}
	if err := follow(watcher, folder); err != nil {
		return nil, errors.Join(err, watcher.Close())
	}
	ctx, end := context.WithCancel(context.Background())
	seen := make(chan struct{}, 1)
	followed, told := make(chan struct{}), make(chan struct{})
	go func() { defer close(followed); read(ctx, watcher, seen) }()
	go func() { defer close(told); debounce(ctx, seen, changed) }()
	return func() error {
		end()
		<-followed
		<-told
		return watcher.Close()
	}, nil
}

// follow watches a folder and all folders in it.
func follow(w *fsnotify.Watcher, folder string) error {
	return filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("watch: %w", err)
		}
		if !d.IsDir() {
			return nil
		}
		if err := w.Add(path); err != nil {
			return fmt.Errorf("watch %s: %w", path, err)
		}
		return nil
	})
}

// read notes that something changed, and follows folders that are new. A
// folder that goes again at once is no error.
func read(ctx context.Context, w *fsnotify.Watcher, seen chan<- struct{}) {
	for {
		select {
		case e, open := <-w.Events:
			if !open {
				return
			}
			if e.Has(fsnotify.Create) {
				_ = follow(w, e.Name)
			}
			if e.Op == fsnotify.Chmod {
				continue
			}
		case _, open := <-w.Errors:
			// Some changes may have been missed: the folder is read all the same.
			if !open {
				return
			}
		case <-ctx.Done():
			return
		}
		select {
		case seen <- struct{}{}:
		default:
		}
	}
}

// debounce calls do once after each burst of signals.
func debounce(ctx context.Context, seen <-chan struct{}, do func()) {
	for {
		select {
		case <-seen:
		case <-ctx.Done():
			return
		}
		for calm := false; !calm; {
			select {
			case <-seen:
			case <-time.After(quiet):
				calm = true
			case <-ctx.Done():
				return
			}
		}
		do()
	}
}
