package sdktest

import (
	"context"
	"strings"

	"github.com/aio-llm/aio/sdk/simulator"
)

// secretCases have the upstream say the key itself. That no text shows it is what the runner looks for after
// every case.
func secretCases() []Case {
	return []Case{{
		Name:   "secret/echoed",
		Expect: "an upstream that repeats the key, in an error, a page, a header or a stream, does not make it show",
		Why:    "errors are logged, shown and sent to the client",
		Run:    secretEchoed,
	}}
}

func secretEchoed(ctx context.Context, b *Bench) error {
	key := b.keys[0].value
	said := "no such key: " + key + ", go away"
	for _, fault := range []simulator.Fault{
		{Kind: simulator.FaultError, Error: simulator.ErrorAuthInvalid, Message: said},
		{Kind: simulator.FaultError, Error: simulator.ErrorServer, Message: said, Header: map[string]string{"X-Request-Id": "req " + key, "X-Generation-Id": key}},
		{Kind: simulator.FaultError, Status: 418, Body: `{"detail":"` + key + `"}`},
		{Kind: simulator.FaultError, Status: 400, Body: `{"error":{"message":"no","code":"` + key + `","param":"` + key + `","type":"` + key + `"}}`},
		{Kind: simulator.FaultHTML, Body: "<html>" + strings.Repeat(said, 40) + "</html>"},
		{Kind: simulator.FaultReply, Body: said, Header: map[string]string{"Content-Type": "text/plain"}},
		{Kind: simulator.FaultRedirect, Location: b.session.decoy.url() + "/?key=" + key},
		{Kind: simulator.FaultInband, Error: simulator.ErrorServer, Message: said, After: 1},
	} {
		if err := b.Script(fault); err != nil {
			return err
		}
		for what, err := range b.everyCall(ctx) {
			// The simulator puts errors into the replies to chats only.
			spared := fault.Kind == simulator.FaultInband && what != "chat" && what != "stream"
			b.note(check(err != nil || spared, "fault %s: %s succeeded", fault.Kind, what))
		}
	}
	return check(b.session.decoy.accepted.Load() == 0, "another host got connections")
}
