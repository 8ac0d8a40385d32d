// Package content holds what the bot says and recognises, as markdown, and
// hands it out as files. It is called once at start. It knows nothing else.
package content

import (
	"embed"
	"io/fs"
)

//go:embed nl en
var files embed.FS

// Files gives the folders nl and en.
func Files() fs.FS { return files }
