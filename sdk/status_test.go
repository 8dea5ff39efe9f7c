package sdk

import (
	"errors"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// A caller may be far away: what the transport says of this machine's sockets stays a cause.
func TestGonePluginTellsNoPath(t *testing.T) {
	t.Parallel()
	said := status.Error(codes.Unavailable, "error reading from server: read unix @->/home/me/plugin1: connection reset by peer")
	err := fromStatus(t.Context(), said)
	if want := "plugin_down: the plugin process is gone"; err.Error() != want {
		t.Errorf("told %q, want %q", err, want)
	}
	if !errors.Is(err, said) {
		t.Error("the cause is lost")
	}
}
