package reload

import (
	"path/filepath"

	"github.com/fsnotify/fsnotify"
)

// watcher gives a notice when something happens in the folders of files. It watches folders, not files: a file
// that is replaced by renaming would be watched no more.
type watcher struct {
	fs      *fsnotify.Watcher
	notices chan struct{}
	folders map[string]bool
	ended   chan struct{}
}

// newWatcher needs a Close. Without notices of the file system, which a container may lack, the files are only
// looked at from time to time; the error says so and the watcher works.
func newWatcher() (*watcher, error) {
	w := &watcher{notices: make(chan struct{}, 1), folders: map[string]bool{}, ended: make(chan struct{})}
	fs, err := fsnotify.NewWatcher()
	if err != nil {
		close(w.ended)
		return w, err
	}
	w.fs = fs
	go w.relay()
	return w, nil
}

// relay passes on that something happened; what it was, the look at the files tells. Errors, an overflow of
// notices above all, mean just that.
func (w *watcher) relay() {
	defer close(w.ended)
	for {
		select {
		case _, open := <-w.fs.Events:
			if !open {
				return
			}
		case _, open := <-w.fs.Errors:
			if !open {
				return
			}
		}
		w.notice()
	}
}

func (w *watcher) notice() {
	select {
	case w.notices <- struct{}{}:
	default: // one is due already
	}
}

// watch watches the folders of the files, and of what they are links to, and no others.
func (w *watcher) watch(files []string) {
	if w.fs == nil {
		return
	}
	want := map[string]bool{}
	for _, f := range files {
		want[filepath.Dir(f)] = true
		if real, err := filepath.EvalSymlinks(f); err == nil {
			want[filepath.Dir(real)] = true
		}
	}
	for folder := range w.folders {
		if !want[folder] {
			_ = w.fs.Remove(folder) // gone, perhaps, and then not watched either
			delete(w.folders, folder)
		}
	}
	for folder := range want {
		if !w.folders[folder] && w.fs.Add(folder) == nil {
			w.folders[folder] = true
		}
	}
}

func (w *watcher) close() error {
	if w.fs == nil {
		return nil
	}
	err := w.fs.Close()
	<-w.ended
	return err
}
