package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/sdk"
)

func TestAttach(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, content string
		want          sdk.Part
		err           string
	}{
		{name: "a.txt", content: "hello", want: sdk.TextPart("File a.txt:\n\nhello")},
		{name: "page.html", content: "<html>hi", want: sdk.TextPart("File page.html:\n\n<html>hi")},
		{name: "umlaut.md", content: "grün", want: sdk.TextPart("File umlaut.md:\n\ngrün")},
		{name: "misnamed.txt", content: "\x89PNG\r\n\x1a\n....", want: sdk.ImageData("image/png", []byte("\x89PNG\r\n\x1a\n...."))},
		{name: "photo.jpg", content: "\xff\xd8\xff\xe0", want: sdk.ImageData("image/jpeg", []byte("\xff\xd8\xff\xe0"))},
		{name: "a.wav", content: "RIFF....WAVEfmt ", want: sdk.AudioPart("wav", []byte("RIFF....WAVEfmt "))},
		{name: "a.mp3", content: "ID3....", want: sdk.AudioPart("mp3", []byte("ID3...."))},
		{name: "bare.mp3", content: "\xff\xfb\x90\x00", want: sdk.AudioPart("mp3", []byte("\xff\xfb\x90\x00"))},
		{name: "a.ogg", content: "OggS\x00", want: sdk.AudioPart("ogg", []byte("OggS\x00"))},
		{name: "a.pdf", content: "%PDF-1.7", want: sdk.FilePart("a.pdf", "application/pdf", []byte("%PDF-1.7"))},
		{
			name: "a.bin", content: "\x00\x01\x02\xff",
			err: "--file a.bin: models take no files of type application/octet-stream",
		},
		{name: "empty", content: "", err: "--file empty: is empty"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, tt.name)
			if err := os.WriteFile(path, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := attach(path)
			if diff := cmp.Diff(tt.err, shortened(err, dir)); diff != "" {
				t.Fatalf("error (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAttachTooLarge(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, maxAttachment+1); err != nil {
		t.Fatal(err)
	}
	_, err := attach(path)
	if want := "--file large: has 24 MiB; at most 24 can be sent"; shortened(err, filepath.Dir(path)) != want {
		t.Errorf("error %v, want %q", err, want)
	}
}
