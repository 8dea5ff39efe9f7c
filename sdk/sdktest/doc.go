// Package sdktest is the conformance kit: what every provider plugin must do, as cases that run against the
// plugin and a simulated upstream.
//
// A Case is data: a name, what must happen, why, and a function that calls the plugin and judges. Cases
// returns all of them. A Runner runs them against a Target, the plugin in this process (InProcess) or as the
// process a host would start (Binary), while the simulator plays the upstream that the Upstream describes. A
// Reporter hears each verdict; package sdktesting turns them into subtests of a Go test:
//
//	func TestConformance(t *testing.T) {
//		sdktesting.Run(t, sdktest.Runner{Target: sdktest.InProcess(acme.Plugin()), Upstream: sdktest.OpenAI()})
//	}
//
// Every case has API keys of its own and, reached by those keys, a simulator of its own with a script and a
// ledger. It is judged by what the caller sees and by what the ledger says arrived. Whatever a case is
// about, the runner also checks that each call was sent once, that streams keep the contract, and that no
// key, in no encoding, shows in any text the plugin gave.
//
// The kit does not import testing, so that a command can run it too.
package sdktest
