// Package recut is for tests of whoever reads server-sent events. Corpus writes one stream in every way the
// format allows; Upstream answers with a stream whose bytes arrive in pieces cut where the test says, exactly:
// a read never sees across a cut, which no real connection can promise.
package recut
