package report

// Percentile returns the nearest-rank percentile of ascending values, of which
// there must be at least one.
func Percentile[T any](values []T, percent int) T {
	rank := (len(values)*percent + 99) / 100
	return values[max(rank, 1)-1]
}
