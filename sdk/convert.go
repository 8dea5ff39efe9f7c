package sdk

import (
	"time"

	"github.com/go-json-experiment/json"

	"github.com/aio-llm/aio/sdk/internal/pb"
)

// Conversions between the Go types and the wire. Unknown enum values of a newer peer become the zero value;
// numbers a lying peer could send are clamped.

func (c *Call) toPB() *pb.CallInfo {
	return &pb.CallInfo{
		RequestId: c.RequestID, AttemptId: c.AttemptID, Model: c.Model, Key: c.Key.Reveal(),
		Deadlines: &pb.Deadlines{
			ConnectMs:    c.Deadlines.Connect.Milliseconds(),
			FirstTokenMs: c.Deadlines.FirstToken.Milliseconds(),
			StallMs:      c.Deadlines.Stall.Milliseconds(),
		},
	}
}

func callFromPB(info *pb.CallInfo, body []byte) *Call {
	d := info.GetDeadlines()
	return &Call{
		RequestID: info.GetRequestId(), AttemptID: info.GetAttemptId(), Model: info.GetModel(),
		Key: NewSecret(info.GetKey()), Body: body,
		Deadlines: Deadlines{Connect: millis(d.GetConnectMs()), FirstToken: millis(d.GetFirstTokenMs()), Stall: millis(d.GetStallMs())},
	}
}

// A year is beyond any sensible wait and far from overflowing a Duration.
const maxMillis = int64(365 * 24 * time.Hour / time.Millisecond)

func millis(ms int64) time.Duration {
	return time.Duration(clamp(ms, maxMillis)) * time.Millisecond
}

func clamp(n, limit int64) int64 { return max(0, min(n, limit)) }

// A trillion tokens in one call is a lie.
const maxTokens = int64(1e12)

func (r *ReplyInfo) toPB() *pb.ReplyInfo {
	out := &pb.ReplyInfo{
		ServedModel: r.Model, UpstreamRequestId: r.UpstreamRequestID, FinishReason: r.FinishReason,
		Usage: usageToPB(r.Usage),
	}
	for _, d := range r.Dropped {
		out.Dropped = append(out.Dropped, &pb.Dropped{Path: d.Path, Reason: d.Reason})
	}
	if len(r.RateLimits) > 0 {
		out.RateLimits = &pb.RateLimits{}
		for _, l := range r.RateLimits {
			out.RateLimits.Limits = append(out.RateLimits.Limits, &pb.RateLimit{
				Unit: toEnum(unitNames, l.Unit), Window: toEnum(windowNames, l.Window),
				Limit: l.Limit, Remaining: l.Remaining, ResetMs: l.Reset.Milliseconds(),
			})
		}
	}
	return out
}

func replyInfoFromPB(in *pb.ReplyInfo) ReplyInfo {
	out := ReplyInfo{
		Model: in.GetServedModel(), UpstreamRequestID: in.GetUpstreamRequestId(), FinishReason: in.GetFinishReason(),
		Usage: usageFromPB(in.GetUsage()),
	}
	for _, d := range in.GetDropped() {
		out.Dropped = append(out.Dropped, Dropped{Path: d.GetPath(), Reason: d.GetReason()})
	}
	for _, l := range in.GetRateLimits().GetLimits() {
		out.RateLimits = append(out.RateLimits, RateLimit{
			Unit: unitNames[l.GetUnit()], Window: windowNames[l.GetWindow()],
			Limit: clamp(l.GetLimit(), maxTokens), Remaining: clamp(l.GetRemaining(), maxTokens), Reset: millis(l.GetResetMs()),
		})
	}
	return out
}

func usageToPB(u *Usage) *pb.Usage {
	if u == nil {
		return nil
	}
	return &pb.Usage{
		PromptTokens: u.PromptTokens, CompletionTokens: u.CompletionTokens, TotalTokens: u.TotalTokens,
		CachedTokens: u.Cached(), ReasoningTokens: u.Reasoning(), CostUsd: u.Cost,
	}
}

func usageFromPB(in *pb.Usage) *Usage {
	if in == nil {
		return nil
	}
	u := &Usage{
		PromptTokens: clamp(in.GetPromptTokens(), maxTokens), CompletionTokens: clamp(in.GetCompletionTokens(), maxTokens),
		TotalTokens: clamp(in.GetTotalTokens(), maxTokens),
	}
	if in.GetCachedTokens() > 0 {
		u.PromptTokensDetails = &PromptTokensDetails{CachedTokens: Ptr(clamp(in.GetCachedTokens(), maxTokens))}
	}
	if in.GetReasoningTokens() > 0 {
		u.CompletionTokensDetails = &CompletionTokensDetails{ReasoningTokens: Ptr(clamp(in.GetReasoningTokens(), maxTokens))}
	}
	// NaN fails both comparisons.
	if in.CostUsd != nil && in.GetCostUsd() >= 0 && in.GetCostUsd() < 1e9 {
		u.Cost = in.CostUsd
	}
	return u
}

func (s Schema) toPB() []*pb.Setting {
	out := make([]*pb.Setting, 0, len(s))
	for _, a := range s {
		p := &pb.Setting{
			Name: a.Name, Type: toEnum(settingNames, a.Type), Required: a.Required, Doc: a.Doc,
			Values: a.Values, Sensitive: a.Sensitive,
		}
		if a.Default != nil {
			p.DefaultJson, _ = json.Marshal(a.Default) // a default that is no JSON is announced as none
		}
		out = append(out, p)
	}
	return out
}

func schemaFromPB(in []*pb.Setting) Schema {
	out := make(Schema, 0, len(in))
	for _, a := range in {
		s := Setting{
			Name: a.GetName(), Type: settingNames[a.GetType()], Required: a.GetRequired(), Doc: a.GetDoc(),
			Values: a.GetValues(), Sensitive: a.GetSensitive(),
		}
		if s.Type == "" {
			s.Type = Any
		}
		if len(a.GetDefaultJson()) > 0 {
			_ = json.Unmarshal(a.GetDefaultJson(), &s.Default) // a default that is no JSON is none
		}
		out = append(out, s)
	}
	return out
}

func modelsToPB(in []Model) []*pb.Model {
	out := make([]*pb.Model, 0, len(in))
	for _, m := range in {
		out = append(out, &pb.Model{
			Id: m.ID, Name: m.Name, ContextTokens: m.Context, MaxOutputTokens: m.MaxOutput, Features: m.Features, RawJson: m.Raw,
		})
	}
	return out
}

func modelsFromPB(in []*pb.Model) []Model {
	out := make([]Model, 0, len(in))
	for _, m := range in {
		out = append(out, Model{
			ID: m.GetId(), Name: m.GetName(), Context: clamp(m.GetContextTokens(), maxTokens),
			MaxOutput: clamp(m.GetMaxOutputTokens(), maxTokens), Features: m.GetFeatures(), Raw: m.GetRawJson(),
		})
	}
	return out
}
