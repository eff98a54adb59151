// Package digest is the step that links crypto/sha256 and hashes once, as the
// chain does.
package digest

import "crypto/sha256"

// Sum returns the SHA-256 of line.
func Sum(line []byte) [sha256.Size]byte { return sha256.Sum256(line) }
