// Package keyring decides which API key of one provider a call may use.
//
// A Ring holds the keys of one provider block. Acquire hands out a Lease on the best usable key: highest
// priority, then fewest calls today, then least recently used. A daily limit is reserved at Acquire and
// settled or refunded when the call is over, so it is never exceeded, however many calls run at once. The
// caller says through an Outcome what came of the call; the ring turns that into rest (for a key, an
// account, a model or the provider), into counts, and into disabling after authentication errors in a row.
//
// When every key rests because of rate limits, Acquire refuses at once and says when the first is back.
// When they rest for other reasons, one caller at a time may try the one that is due soonest.
//
// Counts and health live in a Store. Units of a daily limit are taken from it in blocks, so most calls cost
// no more than a mutex; what a crash loses is at most one block, and always downwards. Time passes by the
// clock alone: the package starts no goroutine and no timer.
package keyring
