package api

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed ui
var builtIn embed.FS

// page serves the user interface: files, never a folder's list, and nothing made
// of a request or a record.
func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed, "this takes GET")
		return
	}
	files := s.cfg.UI
	if files == nil {
		files, _ = fs.Sub(builtIn, "ui") // the folder is there: it was embedded
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if name == "" {
		name = "index.html"
	}
	if info, err := fs.Stat(files, name); err != nil || !info.Mode().IsRegular() {
		refuse(w, http.StatusNotFound, "there is no such page")
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeFileFS(w, r, files, name)
}
