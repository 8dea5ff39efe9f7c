package sdk

import (
	"testing"

	"github.com/go-json-experiment/json"
)

// benchReply is a reply of about 1 KB, shaped as OpenRouter sends it.
const benchReply = `{"id":"gen-1763900000-AbCdEfGhIjKlMnOpQrSt","provider":"DeepInfra","model":"openai/gpt-oss-120b","object":"chat.completion","created":1763900000,` +
	`"choices":[{"logprobs":null,"finish_reason":"stop","native_finish_reason":"stop","index":0,"message":{"role":"assistant","content":"` +
	`The quick brown fox jumps over the lazy dog. Pack my box with five dozen liquor jugs. How vexingly quick daft zebras jump! Sphinx of black quartz, judge my vow. The five boxing wizards jump quickly. Jackdaws love my big sphinx of quartz. Bright vixens jump; dozy fowl quack.\n\nSecond paragraph.","refusal":null,"reasoning":"We need to list pangrams. Keep it short."}}],` +
	`"usage":{"prompt_tokens":123,"completion_tokens":96,"total_tokens":219,"cost":0.0000512,"is_byok":false,"prompt_tokens_details":{"cached_tokens":64,"audio_tokens":0},"cost_details":{"upstream_inference_cost":null},"completion_tokens_details":{"reasoning_tokens":12,"image_tokens":0}},"system_fingerprint":"fp_1234567890"}`

// benchRequest is a request of about 700 bytes.
const benchRequest = `{"model":"openai/gpt-oss-120b","messages":[{"role":"system","content":"You are a helpful assistant that answers briefly and precisely."},` +
	`{"role":"user","content":"List some pangrams, please, one after the other, with no further explanation at all."},` +
	`{"role":"assistant","content":"The quick brown fox jumps over the lazy dog."},` +
	`{"role":"user","content":[{"type":"text","text":"More of these."}]}],"temperature":0.7,"max_completion_tokens":1024,"top_p":0.95,"seed":7,"stop":["END"],` +
	`"tools":[{"type":"function","function":{"name":"search","description":"Search the web","parameters":{"type":"object","properties":{"q":{"type":"string"}},"required":["q"]}}}],"stream":false,"provider":{"order":["deepinfra"]}}`

func BenchmarkDecodeCompletion(b *testing.B) {
	raw := []byte(benchReply)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		var c ChatCompletion
		if err := json.Unmarshal(raw, &c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeCompletion(b *testing.B) {
	var c ChatCompletion
	if err := json.Unmarshal([]byte(benchReply), &c); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := json.Marshal(&c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeRequest(b *testing.B) {
	raw := []byte(benchRequest)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeChatRequest(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeRequest(b *testing.B) {
	req, err := DecodeChatRequest([]byte(benchRequest))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := json.Marshal(req); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHasContent(b *testing.B) {
	for name, delta := range map[string]string{
		"role": `{"role":"assistant","content":""}`,
		"text": `{"content":" fox"}`,
	} {
		chunk := []byte(`{"id":"chatcmpl-123456789012345678901234","object":"chat.completion.chunk","created":1763900000,"model":"openai/gpt-oss-120b","system_fingerprint":"fp_1234","choices":[{"index":0,"delta":` + delta + `,"logprobs":null,"finish_reason":null}]}`)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				HasContent(chunk)
			}
		})
	}
}

func BenchmarkDecodeChunk(b *testing.B) {
	raw := []byte(`{"id":"chatcmpl-123456789012345678901234","object":"chat.completion.chunk","created":1763900000,"model":"openai/gpt-oss-120b","system_fingerprint":"fp_1234","choices":[{"index":0,"delta":{"content":" fox"},"logprobs":null,"finish_reason":null}]}`)
	b.ReportAllocs()
	for b.Loop() {
		var c ChatChunk
		if err := json.Unmarshal(raw, &c); err != nil {
			b.Fatal(err)
		}
	}
}
