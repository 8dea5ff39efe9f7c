package cli

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/aio-llm/aio/sdk"
)

// maxAttachment bounds one file: in base64 it must fit into a request body.
const maxAttachment = sdk.MaxBody / 4 * 3

// attach turns a file into a part of a message, by its content.
func attach(path string) (sdk.Part, error) {
	data, err := readFile("file", path)
	if err != nil {
		return sdk.Part{}, err
	}
	name, kind := filepath.Base(path), contentType(path, data)
	family, format, _ := strings.Cut(kind, "/")
	switch {
	case family == "image":
		return sdk.ImageData(kind, data), nil
	case family == "audio":
		return sdk.AudioPart(audioFormat(format), data), nil
	case family == "video":
		return sdk.VideoPart(sdk.FilePart(name, kind, data).File.FileData), nil
	case kind == "application/pdf":
		return sdk.FilePart(name, kind, data), nil
	case utf8.Valid(data) && bytes.IndexByte(data, 0) < 0:
		return sdk.TextPart("File " + name + ":\n\n" + string(data)), nil
	default:
		return sdk.Part{}, misusef("Text, images, audio, video and PDF can be given.", "--file %s: models take no files of type %s", path, kind)
	}
}

// readFile reads a file that a flag names.
func readFile(flag, path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, misusef("", "--%s %s: %w", flag, path, withoutPath(err))
	case !info.Mode().IsRegular():
		return nil, misusef("", "--%s %s: is no regular file", flag, path)
	case info.Size() > maxAttachment:
		return nil, misusef("", "--%s %s: has %d MiB; at most %d can be sent", flag, path, info.Size()>>20, maxAttachment>>20)
	case info.Size() == 0:
		return nil, misusef("", "--%s %s: is empty", flag, path)
	}
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, misusef("", "--%s %s: %w", flag, path, withoutPath(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxAttachment))
	if err != nil {
		return nil, misusef("", "--%s %s: %w", flag, path, withoutPath(err))
	}
	return data, nil
}

// contentType goes by the content, and by the name where the content says nothing.
func contentType(path string, data []byte) string {
	kind, _, _ := mime.ParseMediaType(http.DetectContentType(data)) // what it returns always parses
	if kind == "application/ogg" {
		return "audio/ogg"
	}
	if kind != "application/octet-stream" {
		return kind
	}
	switch strings.ToLower(filepath.Ext(path)) { // sound and film that often come without a signature
	case ".mp3":
		return "audio/mp3"
	case ".m4a", ".aac", ".flac":
		return "audio/" + strings.ToLower(filepath.Ext(path))[1:]
	case ".mov", ".mkv":
		return "video/" + strings.ToLower(filepath.Ext(path))[1:]
	default:
		return kind
	}
}

// audioFormat is how chat requests call a type of sound.
func audioFormat(subtype string) string {
	switch subtype {
	case "mpeg":
		return "mp3"
	case "wave", "x-wav", "vnd.wave":
		return "wav"
	case "x-flac":
		return "flac"
	default:
		return subtype
	}
}

// withoutPath is an error without the path, which the message names already.
func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
