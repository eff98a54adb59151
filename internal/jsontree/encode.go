package jsontree

import (
	"encoding/hex"
	"strconv"
	"unicode/utf8"
)

// Append appends v as JSON text to dst. HTML characters stay as they are, so
// that grep '&&' finds them. A digest reads
// {"digest":"sha256:…","bytes":N,"lines":N}, a shortened string has its
// beginning as "text" beside that.
func Append(dst []byte, v *Value) []byte {
	switch v.Kind {
	case Null:
		return append(dst, "null"...)
	case Bool, Number:
		return append(dst, v.Text...)
	case String:
		if v.Sum != nil {
			return appendDigest(dst, v.Sum, v.Text)
		}
		return AppendString(dst, v.Text)
	case Digested:
		return appendDigest(dst, v.Sum, "")
	case Array:
		dst = append(dst, '[')
		for i := range v.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = Append(dst, &v.Items[i])
		}
		return append(dst, ']')
	}
	dst = append(dst, '{')
	for i := range v.Members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendString(dst, v.Members[i].Name)
		dst = append(dst, ':')
		dst = Append(dst, &v.Members[i].Value)
	}
	return append(dst, '}')
}

func appendDigest(dst []byte, d *Digest, text string) []byte {
	dst = append(dst, '{')
	if text != "" {
		dst = append(AppendString(append(dst, `"text":`...), text), ',')
	}
	dst = append(dst, `"digest":"sha256:`...)
	dst = hex.AppendEncode(dst, d.SHA256[:])
	dst = append(dst, `","bytes":`...)
	dst = strconv.AppendInt(dst, d.Bytes, 10)
	dst = append(dst, `,"lines":`...)
	dst = strconv.AppendInt(dst, d.Lines, 10)
	return append(dst, '}')
}

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JSON string. Whatever a terminal could act upon
// is escaped: control characters, DEL, C1, line separators and the characters
// that reorder text. Invalid UTF-8 becomes U+FFFD.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < 0x7f && c != '"' && c != '\\' {
			i++
			continue
		}
		r, size := rune(c), 1
		if c >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
			if (r != utf8.RuneError || size > 1) && !steersTerminal(r) {
				i += size
				continue
			}
		}
		dst = append(dst, s[start:i]...)
		dst = appendEscape(dst, r)
		i += size
		start = i
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

func appendEscape(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\n':
		return append(dst, '\\', 'n')
	case '\t':
		return append(dst, '\\', 't')
	case '\r':
		return append(dst, '\\', 'r')
	}
	return append(dst, '\\', 'u',
		hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// steersTerminal reports whether r is a C1 control, a line separator or a
// character that changes the direction of the text around it.
func steersTerminal(r rune) bool {
	switch {
	case r >= 0x80 && r <= 0x9f, r >= 0x2028 && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f:
		return true
	}
	return false
}
