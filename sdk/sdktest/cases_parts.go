package sdktest

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/aio-llm/aio/sdk"
)

// attachment is base64 that is in no request by chance; it decodes to the beginning of a WAV file.
const attachment = "UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA="

// partCases send what not every model takes. It arrives, or the call fails and says why: what must not be is
// an answer to half of the question.
func partCases() []Case {
	var cases []Case
	for name, part := range map[string]string{
		"audio": `{"type":"input_audio","input_audio":{"data":"` + attachment + `","format":"wav"}}`,
		"file":  `{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,` + attachment + `"}}`,
		"video": `{"type":"video_url","video_url":{"url":"data:video/mp4;base64,` + attachment + `"}}`,
		"none":  `{"type":"hologram","hologram":{"data":"` + attachment + `"}}`,
	} {
		cases = append(cases, Case{
			Name:   "parts/" + name,
			Expect: "a part of this type reaches the upstream whole, or the call fails as unsupported or a bad request",
			Why:    "a part that is left out in silence is a wrong answer nobody can explain",
			Run:    func(ctx context.Context, b *Bench) error { return b.carriesPart(ctx, chatModel, part) },
		})
	}
	return byName(append(cases, Case{
		Name:   "parts/image-to-a-text-model",
		Expect: "the same for an image that a model cannot see",
		Why:    "the host goes on to a model that can",
		Run: func(ctx context.Context, b *Bench) error {
			return b.carriesPart(ctx, chatModel, `{"type":"image_url","image_url":{"url":"data:image/png;base64,`+attachment+`"}}`, sdk.KindModelGone)
		},
	}))
}

// carriesPart judges what becomes of a part, in one piece and streamed; kinds may be reported beside the usual.
func (b *Bench) carriesPart(ctx context.Context, model, part string, kinds ...sdk.Kind) error {
	body := request([]string{`{"role":"user","content":[{"type":"text","text":"look"},` + part + `]}`})
	want := fails(append(kinds, sdk.KindUnsupported, sdk.KindBadRequest)...)
	var problems []error
	for form, do := range map[string]func(*sdk.Call) error{
		"in one piece": func(c *sdk.Call) error { _, err := b.Chat(ctx, c); return err },
		"streamed":     func(c *sdk.Call) error { return b.Stream(ctx, c).Err },
	} {
		before := b.Ledger().Len()
		call := b.Call(body)
		call.Model = model
		if err := do(call); err != nil {
			problems = append(problems, in(form, want.judge(err)))
			continue
		}
		arrived := b.Ledger().Entries()[before:]
		if len(arrived) != 1 || !bytes.Contains(arrived[0].Body, []byte(attachment)) {
			problems = append(problems, fmt.Errorf("%s: the call succeeded and the part did not arrive", form))
		}
	}
	return errors.Join(problems...)
}
