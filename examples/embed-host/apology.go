package main

import (
	"context"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// apology is a provider inside the host's process. It is the one to fall back on when nobody else answers, so
// that users never see an error page. The same type would be a plugin of its own with
//
//	func main() { sdk.Serve(apologyPlugin()) }
type apology struct{}

// Chat makes it an sdk.Chatter; the SDK derives streaming.
func (apology) Chat(_ context.Context, call *sdk.Call) (*sdk.Reply, error) {
	completion := sdk.ChatCompletion{
		Object: sdk.ObjectCompletion,
		Model:  call.Model,
		Choices: []sdk.Choice{{
			Message:      sdk.Assistant("Sorry, I cannot think right now. Please try again later."),
			FinishReason: sdk.FinishStop,
		}},
	}
	body, err := completion.MarshalJSON()
	if err != nil {
		return nil, sdk.Errorf(sdk.KindInternal, "encode the reply: %v", err)
	}
	return &sdk.Reply{Body: body, Info: sdk.ReplyInfo{Model: call.Model, FinishReason: string(sdk.FinishStop)}}, nil
}

func apologyPlugin() sdk.Plugin {
	return sdk.Plugin{
		Name:    "apology",
		Version: "1.0.0",
		Open:    func(context.Context, sdk.Setup) (sdk.Provider, error) { return apology{}, nil },
	}
}

// lastResort is its provider block, below every priority of the file.
func lastResort() host.Provider {
	plugin := apologyPlugin()
	return host.Provider{
		Name: "apology", Priority: -100, Local: &plugin,
		Models: []host.Model{{Name: "polite"}},
	}
}
