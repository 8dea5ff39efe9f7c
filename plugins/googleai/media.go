package googleai

import (
	"encoding/base64"
	"mime"
	"net/url"
	"path"
	"regexp"
	"strings"

	"google.golang.org/genai"

	"github.com/aio-llm/aio/sdk"
)

// media is a part by its address. A data: URL goes along; an https: one is for Google to fetch, which wants
// to be told the type, unless the settings say to fetch it here.
func (m *mapping) media(at, address, kind string) (part, bool) {
	if rest, ok := cutScheme(address, "data:"); ok {
		return m.dataURL(at, rest)
	}
	if fileName(address) != "" { // files/<name>
		return part{FileData: &genai.FileData{FileURI: fileName(address), MIMEType: kind}}, true
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" && u.Scheme != "gs":
		m.fail(sdk.KindBadRequest, at, "is no URL")
		return part{}, false
	case m.fetch != nil && (u.Scheme == "https" || u.Scheme == "http") && !knowsType(u):
		return m.fetched(at, u, kind)
	case u.Scheme != "https" && u.Scheme != "gs":
		m.fail(sdk.KindUnsupported, at, "Google fetches https URLs only; send the content as a data: URL")
		return part{}, false
	case kind == "":
		kind = typeOfName(u.Path)
	}
	if kind == "" && !knowsType(u) {
		m.fail(sdk.KindUnsupported, at, "the URL does not tell its type; add mime_type beside it, or send the content as a data: URL")
		return part{}, false
	}
	return part{FileData: &genai.FileData{FileURI: address, MIMEType: kind}}, true
}

// knowsType: Google knows what YouTube and its own uploads are.
func knowsType(u *url.URL) bool {
	switch host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www."); host {
	case "youtube.com", "youtu.be", "m.youtube.com":
		return true
	case "generativelanguage.googleapis.com":
		return strings.Contains(u.Path, "/files/")
	}
	return false
}

// dataURL takes what follows "data:" apart: [<type>][;charset=..][;base64],<data>.
func (m *mapping) dataURL(at, rest string) (part, bool) {
	head, data, ok := strings.Cut(rest, ",")
	if !ok {
		m.fail(sdk.KindBadRequest, at, "is no data: URL: the comma is missing")
		return part{}, false
	}
	kind, params, _ := strings.Cut(head, ";")
	if kind == "" {
		kind = "text/plain"
	}
	if strings.EqualFold(params, "base64") || strings.HasSuffix(strings.ToLower(params), ";base64") {
		return m.inline(at, kind, data)
	}
	text, err := url.PathUnescape(data)
	if err != nil {
		m.fail(sdk.KindBadRequest, at, "is no data: URL: the data is neither base64 nor percent-encoded")
		return part{}, false
	}
	return m.inline(at, kind, base64.StdEncoding.EncodeToString([]byte(text)))
}

// inline is data that goes along, in the standard base64 alphabet with padding.
func (m *mapping) inline(at, kind, data string) (part, bool) {
	kind = strings.ToLower(strings.TrimSpace(kind))
	if !isType(kind) {
		m.fail(sdk.KindUnsupported, at, "its type is no media type such as image/png")
		return part{}, false
	}
	if !isStandardBase64(data) {
		raw, err := decodeBase64(data)
		if err != nil || len(raw) == 0 {
			m.fail(sdk.KindBadRequest, at, "is not base64")
			return part{}, false
		}
		data = base64.StdEncoding.EncodeToString(raw)
	}
	return part{InlineData: &blob{MIMEType: kind, Data: data}}, true
}

// isStandardBase64 tells without decoding: data may be large, and nearly always is as it should be.
func isStandardBase64(data string) bool {
	body := strings.TrimRight(data, "=")
	if body == "" || len(data)%4 != 0 || len(data)-len(body) > 2 {
		return false
	}
	for i := range len(body) {
		c := body[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '+' && c != '/' {
			return false
		}
	}
	return true
}

var typePattern = regexp.MustCompile(`^(?:image|audio|video|text|application)/[a-z0-9][a-z0-9.+-]{0,80}$`)

func isType(kind string) bool { return typePattern.MatchString(kind) }

// audioType is the type of an OpenAI audio format: wav, mp3 and the like.
func audioType(format string) string {
	switch format {
	case "":
		return "audio/wav"
	case "pcm16":
		return "audio/pcm"
	}
	return "audio/" + format
}

// typeOfName guesses from the ending of a name, from our own list first: the machine's may lack the newer ones.
func typeOfName(name string) string {
	ext := strings.ToLower(path.Ext(name))
	if kind, ok := map[string]string{
		".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp", ".heic": "image/heic",
		".heif": "image/heif", ".gif": "image/gif", ".bmp": "image/bmp", ".pdf": "application/pdf", ".txt": "text/plain",
		".md": "text/markdown", ".csv": "text/csv", ".html": "text/html", ".xml": "text/xml", ".json": "application/json",
		".mp3": "audio/mp3", ".wav": "audio/wav", ".ogg": "audio/ogg", ".flac": "audio/flac", ".aac": "audio/aac",
		".aiff": "audio/aiff", ".m4a": "audio/m4a", ".mp4": "video/mp4", ".mov": "video/mov", ".mpeg": "video/mpeg",
		".mpg": "video/mpg", ".avi": "video/avi", ".webm": "video/webm", ".wmv": "video/wmv", ".3gp": "video/3gpp",
		".flv": "video/x-flv",
	}[ext]; ok {
		return kind
	}
	kind, _, _ := strings.Cut(mime.TypeByExtension(ext), ";")
	if !isType(kind) {
		return ""
	}
	return kind
}

func hasScheme(address string) bool {
	for _, scheme := range []string{"data:", "https:", "http:", "gs:"} {
		if _, ok := cutScheme(address, scheme); ok {
			return true
		}
	}
	return false
}

func cutScheme(address, scheme string) (string, bool) {
	if len(address) < len(scheme) || !strings.EqualFold(address[:len(scheme)], scheme) {
		return "", false
	}
	return address[len(scheme):], true
}

// fileName is the address of an upload given by its name.
func fileName(id string) string {
	if name, ok := strings.CutPrefix(id, "files/"); ok && idPattern.MatchString(name) {
		return "https://generativelanguage.googleapis.com/" + defaultVersion + "/files/" + name
	}
	return ""
}
