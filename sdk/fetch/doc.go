// Package fetch gets the document behind a URL that a client gave, for providers that must send the content
// itself along. Such a URL must not become a way into the networks around the plugin: only public addresses
// are connected to, checked on the very address that is dialled, after each redirect anew; credentials,
// proxies and cookies play no part; size and time are bounded.
package fetch
