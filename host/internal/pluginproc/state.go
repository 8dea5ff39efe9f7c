package pluginproc

import (
	"time"

	"github.com/aio-llm/aio/sdk"
)

// State is where a supervised plugin is in its life.
type State string

// The states. A plugin is idle until it is first needed.
const (
	StateIdle     State = "idle"
	StateStarting State = "starting"
	StateReady    State = "ready"
	StateDraining State = "draining" // on its way out
	StateBackoff  State = "backoff"  // down, waiting for its next start
	StateDisabled State = "disabled" // closed
)

// Status is what is known of a supervised plugin.
type Status struct {
	State State
	Since time.Time
	// Pid is the running process; 0 when none is ready.
	Pid int
	// Restarts counts the starts after the first.
	Restarts int
	// LastError is why the last process failed or died; nil when none has. It stays after a recovery.
	LastError error
	// NextTry is the time of the next start; zero outside StateBackoff.
	NextTry time.Time
	// Description is the last process's that was ready; zero before.
	Description sdk.Description
}

// Event is a change of state.
type Event struct {
	// Provider is the provider block's name, Plugin the plugin's.
	Provider string
	Plugin   string
	Status
	// Stderr is the last the process behind LastError wrote; nil when there is nothing.
	Stderr []string
}
