package googleai

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/fetch"
)

// What one request may have fetched: its reply waits for all of it, and all of it is in memory.
const (
	maxFetches = 16
	maxFetched = 24 << 20
)

// fetching is what one request had fetched so far.
type fetching struct {
	ctx   context.Context //nolint:containedctx // the request's own; the mapping it belongs to ends with it
	from  *fetch.Fetcher
	count int
	bytes int
}

// fetcher is nil unless the settings say to fetch.
func (o options) fetcher() *fetch.Fetcher {
	if !o.FetchURLs {
		return nil
	}
	return fetch.New(o.fetching)
}

// fetched is the content behind a URL as inline data. The server's word on the type counts before the
// caller's.
func (m *mapping) fetched(at string, u *url.URL, declared string) (part, bool) {
	f := m.fetch
	if f.count++; f.count > maxFetches {
		m.fail(sdk.KindBadRequest, at, fmt.Sprintf("is one URL too many; %d may be fetched for a request", maxFetches))
		return part{}, false
	}
	doc, err := f.from.Get(f.ctx, u.String())
	if f.bytes += len(doc.Data); err == nil && f.bytes > maxFetched {
		err = fmt.Errorf("%w: the documents of a request have more than %d bytes together", fetch.ErrTooLarge, maxFetched)
	}
	kind := doc.Type
	if kind == "text/plain" || !isType(kind) { // what servers say of what they do not know
		kind = cmp.Or(declared, typeOfName(u.Path), kind)
	}
	switch {
	case f.ctx.Err() != nil:
		m.ended(f.ctx)
	case err != nil:
		m.fail(sdk.KindBadRequest, at, unfetched(err))
	case !isType(kind) || strings.HasSuffix(kind, "html") || strings.HasSuffix(kind, "xhtml+xml"):
		m.fail(sdk.KindBadRequest, at, fmt.Sprintf("the URL leads to content of type %.80q, which is no image, sound, video or document", kind))
	case len(doc.Data) == 0:
		m.fail(sdk.KindBadRequest, at, "the URL leads to an empty document")
	default:
		return part{InlineData: &blob{MIMEType: kind, Data: base64.StdEncoding.EncodeToString(doc.Data)}}, true
	}
	return part{}, false
}

// unfetched says what went wrong and what to do.
func unfetched(err error) string {
	text := err.Error()
	if errors.Is(err, fetch.ErrBlocked) {
		text += "; only public addresses are fetched from"
	}
	return text + "; send the content as a data: URL instead"
}

// ended is the end of the call while it waited.
func (m *mapping) ended(ctx context.Context) {
	if m.err == nil {
		told := *sdk.AsError(context.Cause(ctx))
		told.Certainty = sdk.NotSent
		m.err = &told
	}
}
