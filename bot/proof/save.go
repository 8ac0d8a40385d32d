package proof

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/praatpaal/praatpaal/bot/book"
)

// Translated notes in translations that they fit their source as it is now:
// files of a folder, as in "en/grooming/photo.md" with or without the folder's
// name before it, or "all". It says how many were changed.
func Translated(folder string, names []string) (int, error) {
	inside := make([]string, len(names))
	for i, name := range names {
		inside[i] = strings.TrimPrefix(filepath.ToSlash(name), filepath.ToSlash(folder)+"/")
	}
	changed, err := book.Translated(os.DirFS(folder), inside)
	if err != nil {
		return 0, err
	}
	return len(changed), Save(folder, changed)
}

// Save writes texts into a folder, keyed by their names in it. Folders that
// are not there yet are made.
func Save(folder string, texts map[string]string) error {
	for name, text := range texts {
		file := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return fmt.Errorf("save: %w", err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return fmt.Errorf("save: %w", err)
		}
	}
	return nil
}
