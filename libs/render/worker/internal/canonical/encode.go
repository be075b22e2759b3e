// Package canonical prints values as the bytes that Muster's digests cover.
package canonical

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
)

// ErrTooLarge says that the output would be longer than the caller allows.
var ErrTooLarge = errors.New("the output is too large")

// Encode prints a value as canonical JSON: UTF-8, no white space, keys by code point (which for UTF-8 is the order
// of their bytes), nothing escaped but what JSON demands, integers with all their digits, and floats as ECMAScript
// prints them. It stops with ErrTooLarge before the output exceeds limit bytes, so that a small document whose
// aliases multiply cannot fill the memory.
//
// Values are nil, bool, string, int, int64, uint64, float64, []any and map[string]any.
func Encode(value any, limit int) ([]byte, error) {
	e := encoder{limit: limit}
	if err := e.value(value); err != nil {
		return nil, err
	}
	return e.out, nil
}

type encoder struct {
	out   []byte
	limit int
}

func (e *encoder) value(value any) error {
	if len(e.out) > e.limit {
		return ErrTooLarge
	}
	switch v := value.(type) {
	case nil:
		e.out = append(e.out, "null"...)
	case bool:
		e.out = strconv.AppendBool(e.out, v)
	case int:
		e.out = strconv.AppendInt(e.out, int64(v), 10)
	case int64:
		e.out = strconv.AppendInt(e.out, v, 10)
	case uint64:
		e.out = strconv.AppendUint(e.out, v, 10)
	case float64:
		return e.float(v)
	case string:
		return e.text(v)
	case []any:
		return e.list(v)
	case map[string]any:
		return e.object(v)
	default:
		return fmt.Errorf("a value of type %T has no JSON form", value)
	}
	return nil
}

func (e *encoder) float(value float64) error {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return errors.New("NaN and infinity have no JSON form")
	}
	printed, err := json.Marshal(value)
	e.out = append(e.out, printed...)
	return err
}

func (e *encoder) list(items []any) error {
	e.out = append(e.out, '[')
	for i, item := range items {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		if err := e.value(item); err != nil {
			return err
		}
	}
	e.out = append(e.out, ']')
	return nil
}

func (e *encoder) object(fields map[string]any) error {
	e.out = append(e.out, '{')
	for i, key := range slices.Sorted(maps.Keys(fields)) {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		if err := e.text(key); err != nil {
			return err
		}
		e.out = append(e.out, ':')
		if err := e.value(fields[key]); err != nil {
			return err
		}
	}
	e.out = append(e.out, '}')
	return nil
}

const hex = "0123456789abcdef"

func (e *encoder) text(text string) error {
	if len(e.out)+len(text) > e.limit {
		return ErrTooLarge
	}
	if !utf8.ValidString(text) {
		return errors.New("a text is not UTF-8")
	}
	e.out = append(e.out, '"')
	start := 0
	for i := range len(text) {
		c := text[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		e.out = append(e.out, text[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			e.out = append(e.out, '\\', c)
		case '\b':
			e.out = append(e.out, '\\', 'b')
		case '\f':
			e.out = append(e.out, '\\', 'f')
		case '\n':
			e.out = append(e.out, '\\', 'n')
		case '\r':
			e.out = append(e.out, '\\', 'r')
		case '\t':
			e.out = append(e.out, '\\', 't')
		default:
			e.out = append(e.out, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
		}
	}
	e.out = append(e.out, text[start:]...)
	e.out = append(e.out, '"')
	return nil
}
