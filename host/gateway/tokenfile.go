package gateway

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/aio-llm/aio/sdk"
)

// EnsureToken returns the token kept in the file at path, or makes one and keeps it there, readable by its
// owner only; created says which. It is for a gateway that was given no token: show a created one, once.
func EnsureToken(path string) (token sdk.Secret, created bool, err error) {
	kept, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		token, err = makeToken(path)
		if errors.Is(err, fs.ErrExist) { // another process was quicker
			return EnsureToken(path)
		}
		return token, err == nil, err
	case err != nil:
		return sdk.Secret{}, false, fmt.Errorf("read the gateway's token: %w", err)
	}
	value := strings.TrimSpace(string(kept))
	if len(value) < minToken {
		return sdk.Secret{}, false, fmt.Errorf("the gateway's token in %s is empty or short: remove the file to get a new one", path)
	}
	return sdk.NewSecret(value), false, nil
}

// minToken is shorter than any token made here, and longer than what anyone could guess by trying.
const minToken = 16

func makeToken(path string) (sdk.Secret, error) {
	var random [24]byte
	_, _ = rand.Read(random[:]) // never fails
	value := "aio-" + base64.RawURLEncoding.EncodeToString(random[:])
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return sdk.Secret{}, fmt.Errorf("keep the gateway's token: %w", err)
	}
	// Written beside and linked: nobody ever reads half a token, or overwrites one.
	tmp, err := os.CreateTemp(filepath.Dir(path), ".token-*") // 0600
	if err != nil {
		return sdk.Secret{}, fmt.Errorf("keep the gateway's token: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.WriteString(value + "\n")
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Link(tmp.Name(), path)
	}
	if err != nil {
		return sdk.Secret{}, fmt.Errorf("keep the gateway's token in %s: %w", path, err)
	}
	return sdk.NewSecret(value), nil
}
