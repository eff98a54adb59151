package pipeline

import "errors"

// PermanentError is an error of Put that trying again will not mend.
type PermanentError struct {
	Err     error
	Refused []int // records, by their index in the batch; nil: all
}

func (e *PermanentError) Error() string { return e.Err.Error() }
func (e *PermanentError) Unwrap() error { return e.Err }

// Permanent says that a sink will never take some records of a batch, named by
// their index, or none of them if none is named. They go to the sink's dead letters,
// and the others come again, in order, as a batch of their own.
func Permanent(err error, refused ...int) error {
	return &PermanentError{Err: err, Refused: refused}
}

func refusal(err error) (*PermanentError, bool) {
	var p *PermanentError
	return p, errors.As(err, &p)
}
