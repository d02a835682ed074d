// Package helper is keyglot's contract and policy. A request comes in one
// tool's language, is answered from one store by one policy, and goes out in
// the same language; everything that is decided on the way is decided here,
// once, for all protocols and all backends: who matches, what is current, what
// has expired, what is renewed, what is written and where, what is locked.
//
// A protocol (package protocol/...) translates and decides nothing: it speaks
// to a Service. A backend (package backends/...) keeps and decides nothing: it
// implements Store. This package imports neither, and only the standard
// library.
package helper
