package sdk

import (
	"encoding/base64"

	"github.com/go-json-experiment/json/jsontext"
)

// PartType says what a [Part] holds.
type PartType string

// The part types this package knows. Parts of other types keep all their
// members in Extra.
const (
	PartText       PartType = "text"
	PartImageURL   PartType = "image_url"
	PartInputAudio PartType = "input_audio"
	PartVideoURL   PartType = "video_url"
	PartFile       PartType = "file"
	PartRefusal    PartType = "refusal"
)

// Part is one piece of a message. Type says which of the other fields counts.
type Part struct {
	Type       PartType
	Text       string      // text
	Refusal    string      // refusal
	ImageURL   *ImageURL   // image_url
	InputAudio *InputAudio // input_audio
	VideoURL   *VideoURL   // video_url
	File       *File       // file

	Extra map[string]jsontext.Value
}

// ImageURL is an image by address or as a data URL.
type ImageURL struct {
	URL    string `json:"url"`
	Detail string `json:"detail,omitzero"` // auto, low, high

	Extra map[string]jsontext.Value `json:",embed"`
}

// InputAudio is sound to listen to.
type InputAudio struct {
	Data   string `json:"data"`            // base64
	Format string `json:"format,omitzero"` // wav, mp3, ...

	Extra map[string]jsontext.Value `json:",embed"`
}

// VideoURL is a video by address or as a data URL.
type VideoURL struct {
	URL string `json:"url"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// File is a document: its data (a data URL, or on OpenRouter any URL), or the
// id of one uploaded before.
type File struct {
	FileData string `json:"file_data,omitzero"`
	FileID   string `json:"file_id,omitzero"`
	Filename string `json:"filename,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// TextPart returns a part of text.
func TextPart(text string) Part { return Part{Type: PartText, Text: text} }

// ImagePart returns an image by its address, which may be a data URL.
func ImagePart(url string) Part {
	return Part{Type: PartImageURL, ImageURL: &ImageURL{URL: url}}
}

// ImageData returns an image from its bytes, for instance with mime "image/png".
func ImageData(mime string, data []byte) Part { return ImagePart(dataURL(mime, data)) }

// AudioPart returns sound from its bytes; format is "wav", "mp3" and the like.
func AudioPart(format string, data []byte) Part {
	sound := InputAudio{Data: base64.StdEncoding.EncodeToString(data), Format: format}
	return Part{Type: PartInputAudio, InputAudio: &sound}
}

// VideoPart returns a video by its address, which may be a data URL.
func VideoPart(url string) Part {
	return Part{Type: PartVideoURL, VideoURL: &VideoURL{URL: url}}
}

// FilePart returns a document from its bytes, for instance with mime "application/pdf".
func FilePart(name, mime string, data []byte) Part {
	return Part{Type: PartFile, File: &File{Filename: name, FileData: dataURL(mime, data)}}
}

// FileURL returns a document by its address, which OpenRouter fetches itself.
func FileURL(name, url string) Part {
	return Part{Type: PartFile, File: &File{Filename: name, FileData: url}}
}

func dataURL(mime string, data []byte) string {
	return "data:" + mime + ";base64," + base64.StdEncoding.EncodeToString(data)
}

func (p *Part) textOrEmpty() string {
	if p.Type == PartText {
		return p.Text
	}
	return ""
}
