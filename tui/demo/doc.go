// Package demo turns a driven console into pictures and recordings: an
// asciicast for players, a film and stills as SVG for pages. All are made from
// the bytes that a terminal received, so that they show what an operator sees.
// Only tests and `make demo` use it.
package demo
