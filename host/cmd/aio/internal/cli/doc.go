// Package cli is the command line of aio: each file is one command, and each command a thin view of package
// host.
//
// Run reads top to bottom as a command's life: app.go builds the commands and turns their error into an exit
// code, session.go reads the configuration and opens a host, chat.go and its neighbours do the work, and
// report.go says what went wrong and what to do about it.
package cli
