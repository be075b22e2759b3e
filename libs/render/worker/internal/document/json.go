package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// DecodeJSON reads one JSON value. Duplicate keys are refused; integers keep all their digits where they fit in 64
// bits, as in Kubernetes, and all other numbers are floats.
func DecodeJSON(text []byte) (any, []Fault) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	value, err := readValue(decoder, 0)
	if err == nil {
		if _, err = decoder.Token(); errors.Is(err, io.EOF) {
			return value, nil
		} else if err == nil {
			err = errors.New("something follows the JSON value")
		}
	}
	offset := decoder.InputOffset()
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		offset = syntax.Offset
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the JSON value ends too early")
	}
	line := 1 + bytes.Count(text[:min(int(offset), len(text))], []byte("\n"))
	return nil, []Fault{{Line: line, Message: err.Error()}}
}

func readValue(decoder *json.Decoder, depth int) (any, error) {
	if depth > MaxDepth {
		return nil, fmt.Errorf("maps and lists nest deeper than %d levels", MaxDepth)
	}
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '{' {
			return readObject(decoder, depth)
		}
		return readList(decoder, depth)
	case json.Number:
		return readNumber(t)
	default:
		return token, nil
	}
}

func readObject(decoder *json.Decoder, depth int) (any, error) {
	fields := map[string]any{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		key, isText := token.(string)
		if !isText {
			return nil, fmt.Errorf("a key is not a text: %v", token)
		}
		if _, taken := fields[key]; taken {
			return nil, fmt.Errorf("key %q is given twice", key)
		}
		if fields[key], err = readValue(decoder, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := decoder.Token()
	return fields, err
}

func readList(decoder *json.Decoder, depth int) (any, error) {
	items := []any{}
	for decoder.More() {
		item, err := readValue(decoder, depth+1)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	_, err := decoder.Token()
	return items, err
}

func readNumber(number json.Number) (any, error) {
	if integer, err := strconv.ParseInt(number.String(), 10, 64); err == nil {
		return integer, nil
	}
	if integer, err := strconv.ParseUint(number.String(), 10, 64); err == nil {
		return integer, nil
	}
	return number.Float64()
}
