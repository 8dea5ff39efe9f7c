package sdk

import (
	"fmt"
	"runtime/debug"

	"github.com/hashicorp/go-hclog"
)

// A stack of this size names the culprit; more is noise in the host's log.
const maxStack = 64 << 10

// guard turns a panic in one call into that call's error: the process and its other calls live on.
func guard[T any](log hclog.Logger, key Secret, do func() (T, error)) (out T, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			stack := debug.Stack()
			log.Error("provider panicked", "panic", key.Redact(fmt.Sprint(cause)), "stack", string(stack[:min(len(stack), maxStack)]))
			err = Errorf(KindInternal, "the plugin panicked in this call; its stack is in the log")
		}
	}()
	return do()
}
