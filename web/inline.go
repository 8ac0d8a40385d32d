package web

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
)

// inline is the style and the script that stand inside the chat's page: on a
// slow line each request more costs the child half a second.
type inline struct{ style, script []byte }

// inside puts them into what the template is given.
func (p *pages) inside(v view) view {
	v.Style, v.Script = template.CSS(p.inline.style), template.JS(p.inline.script) // our own files
	return v
}

// source is how a policy names something that stands inside a page; "" for
// nothing.
func source(content []byte) string {
	if content == nil {
		return ""
	}
	sum := sha256.Sum256(content)
	return " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
