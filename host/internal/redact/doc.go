// Package redact keeps secrets out of text that people will read: logs, errors, a plugin's stderr.
//
// It has two nets. The first knows the secrets themselves and replaces them wherever they appear, as they
// are or encoded (base64, hex, URL, JSON). The second knows what keys look like and masks those that nobody
// told us of. Neither is a licence to print: a secret is a sdk.Secret first, and this is what remains when
// someone else's code was careless.
package redact
