package googleai

import (
	"github.com/tidwall/gjson"
	"google.golang.org/genai"

	"github.com/aio-llm/aio/sdk"
)

// part maps one part of a message. What Gemini cannot take is refused, never left out: the answer would be
// about something else.
func (m *mapping) part(path string, p *sdk.Part) (part, bool) {
	m.unknown(path, p.Extra)
	switch p.Type {
	case sdk.PartText:
		return textPart(p.Text), true
	case sdk.PartRefusal:
		return textPart(p.Refusal), true
	case sdk.PartImageURL:
		if p.ImageURL == nil {
			break
		}
		at := path + ".image_url"
		if d := p.ImageURL.Detail; d != "" && d != "auto" {
			m.note(at+".detail", "Gemini sets the resolution for the whole request: google.generationConfig.mediaResolution")
		}
		m.unknown(at, p.ImageURL.Extra, "mime_type", "format")
		return m.media(at+".url", p.ImageURL.URL, declared(p.ImageURL.Extra))
	case sdk.PartVideoURL:
		if p.VideoURL == nil {
			break
		}
		m.unknown(path+".video_url", p.VideoURL.Extra, "mime_type", "format")
		return m.media(path+".video_url.url", p.VideoURL.URL, declared(p.VideoURL.Extra))
	case sdk.PartInputAudio:
		if p.InputAudio == nil {
			break
		}
		m.unknown(path+".input_audio", p.InputAudio.Extra)
		return m.inline(path+".input_audio.data", audioType(p.InputAudio.Format), p.InputAudio.Data)
	case sdk.PartFile:
		if p.File == nil {
			break
		}
		return m.file(path+".file", p.File)
	default:
		m.fail(sdk.KindUnsupported, path, "the Gemini API takes no part of type "+string(p.Type))
		return part{}, false
	}
	m.fail(sdk.KindBadRequest, path, "the part is empty")
	return part{}, false
}

// file is a document by its data, its address, or the name of an upload.
func (m *mapping) file(path string, f *sdk.File) (part, bool) {
	m.unknown(path, f.Extra, "mime_type", "format")
	kind := declared(f.Extra)
	if kind == "" {
		kind = typeOfName(f.Filename)
	}
	switch {
	case f.FileData != "" && f.FileID != "":
		m.fail(sdk.KindBadRequest, path, "has both file_data and file_id")
	case f.FileData != "" && hasScheme(f.FileData):
		return m.media(path+".file_data", f.FileData, kind)
	case f.FileData != "" && kind == "":
		m.fail(sdk.KindUnsupported, path+".file_data", "its type is unknown; write it as a data: URL with a type")
	case f.FileData != "":
		return m.inline(path+".file_data", kind, f.FileData)
	case fileName(f.FileID) != "":
		return part{FileData: &genai.FileData{FileURI: fileName(f.FileID), MIMEType: kind}}, true
	case f.FileID != "":
		m.fail(sdk.KindUnsupported, path+".file_id", "Gemini's uploads are called files/<name>")
	default:
		m.fail(sdk.KindBadRequest, path, "has neither file_data nor file_id")
	}
	return part{}, false
}

// declared is the type that the caller says an address has.
func declared[V ~[]byte](extra map[string]V) string {
	for _, name := range []string{"mime_type", "format"} {
		if v := gjson.ParseBytes(extra[name]); v.Type == gjson.String && isType(v.Str) {
			return v.Str
		}
	}
	return ""
}
