// Empty is the least a Go program can cost.
package main

func main() {}
