// Command e2e holds the providers' plugins against the real APIs, for whoever has keys:
//
//	make e2e
//
// For each provider whose key is set it asks for a whole answer, a stream, an answer by schema and a tool
// call, and shows a wrong key, through the real host and the plugins' binaries. A recorder between plugin and
// provider keeps what crossed the wire, without the keys, as transcripts. The same requests then go to the
// simulator, and what differs in shape between the two replies is printed: members, their types, and the
// order of a stream's events. That is how the simulator stays true.
//
// A full run costs four small requests a provider.
package main
