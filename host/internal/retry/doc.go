// Package retry holds the arithmetic of trying again: how long to wait (Backoff, Sleep), how many retries a
// provider in trouble is spared (Budget), and how much of a request's time one attempt may take (Split). It
// decides nothing about whether to retry, starts no goroutine and keeps no clock of its own.
package retry
