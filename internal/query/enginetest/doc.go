// Package enginetest holds every query.Engine to one meaning: Model answers each
// question in the plainest way there is, Generate makes records like those of real
// work, and Run compares an engine to the model, question by question. Tests of
// what is built on engines use the model in place of one.
package enginetest
