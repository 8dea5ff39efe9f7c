package sdk

import (
	"context"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/aio-llm/aio/sdk/internal/pb"
)

// Status details travel in HTTP/2 trailers, which peers bound; nobody reads more of an error anyway.
const maxMessage = 4 << 10

// toStatus turns a provider's error into what travels, with the call's key cut out of its texts.
func toStatus(err error, key Secret) error {
	e := AsError(err)
	detail := &pb.ErrorDetail{
		Kind: toEnum(kindNames, e.Kind), Scope: toEnum(scopeNames, e.Scope), Certainty: toEnum(certaintyNames, e.Certainty),
		HttpStatus: int32(clamp(int64(e.Status), 999)), RetryAfterMs: e.RetryAfter.Milliseconds(),
		ProviderCode: tidy(key.Redact(e.Code)), Param: tidy(key.Redact(e.Param)), Message: tidy(key.Redact(e.Message)),
		UpstreamRequestId: tidy(e.UpstreamRequestID), Usage: usageToPB(e.Usage),
	}
	if detail.GetKind() == pb.Kind_KIND_UNSPECIFIED {
		detail.Kind = pb.Kind_KIND_UNKNOWN
	}
	st, err := status.New(grpcCode(e.Kind), detail.GetMessage()).WithDetails(detail)
	if err != nil {
		return status.Error(codes.Internal, detail.GetMessage())
	}
	return st.Err()
}

// grpcCode is the nearest code, for tools that know gRPC but not this contract.
func grpcCode(k Kind) codes.Code {
	switch k {
	case KindCanceled:
		return codes.Canceled
	case KindTimeout:
		return codes.DeadlineExceeded
	case KindAuthInvalid:
		return codes.Unauthenticated
	case KindForbidden, KindNoCredit:
		return codes.PermissionDenied
	case KindRateMinute, KindRateDay:
		return codes.ResourceExhausted
	case KindModelGone:
		return codes.NotFound
	case KindBadRequest, KindTooLong, KindBlocked:
		return codes.InvalidArgument
	case KindInternal:
		return codes.Internal
	default:
		return codes.Unknown
	}
}

// fromStatus turns what a plugin call returned into an *Error. ctx is the caller's: when it has ended, that
// is the story, whatever the transport says.
func fromStatus(ctx context.Context, err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	st := status.Convert(err)
	for _, d := range st.Details() {
		if detail, ok := d.(*pb.ErrorDetail); ok {
			return errorFromDetail(detail)
		}
	}
	if ctxErr := ctx.Err(); ctxErr != nil {
		return AsError(ctxErr)
	}
	e := &Error{Kind: KindUnknown, Message: tidy(st.Message()), Cause: err}
	switch st.Code() {
	case codes.Unavailable:
		// What gRPC says names sockets and paths of this machine: it is the cause, not for a caller far away.
		e.Kind, e.Message = KindPluginDown, "the plugin process is gone"
	case codes.Canceled:
		// Ours has not ended, so the other side hung up.
		e.Kind, e.Message = KindPluginDown, "plugin dropped the call"
	case codes.DeadlineExceeded:
		e.Kind = KindTimeout
	case codes.Unimplemented:
		e.Kind, e.Certainty = KindUnsupported, NotSent
	case codes.ResourceExhausted:
		// gRPC's own size limit; a provider's rate limit carries a detail.
		e.Kind = KindBadReply
	case codes.Internal:
		e.Kind = KindInternal
	default:
	}
	return e
}

func errorFromDetail(d *pb.ErrorDetail) *Error {
	kind := kindNames[d.GetKind()]
	if kind == "" {
		kind = KindUnknown
	}
	return &Error{
		Kind: kind, Scope: scopeNames[d.GetScope()], Certainty: certaintyNames[d.GetCertainty()],
		Status: int(clamp(int64(d.GetHttpStatus()), 999)), Code: tidy(d.GetProviderCode()), Param: tidy(d.GetParam()),
		Message: tidy(d.GetMessage()), RetryAfter: millis(d.GetRetryAfterMs()),
		UpstreamRequestID: tidy(d.GetUpstreamRequestId()), Usage: usageFromPB(d.GetUsage()),
	}
}

// tidy bounds a foreign text and takes control characters out of it, so that it can go into a log line or a
// header without forging either.
func tidy(s string) string {
	if len(s) > maxMessage {
		s = s[:maxMessage]
		for !utf8.ValidString(s) && s != "" && len(s) > maxMessage-utf8.UTFMax {
			s = s[:len(s)-1]
		}
		s += "…"
	}
	s = strings.ToValidUTF8(s, "?")
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}
