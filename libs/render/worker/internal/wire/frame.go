// Package wire is the worker's side of the protocol that libs/render/src speaks with it over stdin and stdout.
//
// A frame is two lengths (each four bytes, big endian), then a header in JSON, then raw bytes: the files of a request
// or the objects of an answer, one after the other, with their sizes in the header. So bytes are never escaped.
package wire

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxHeader bounds the JSON of a frame, in both directions.
const MaxHeader = 32 << 20

// ErrFrame says that the other side broke the protocol: the stream can't be read any further.
var ErrFrame = errors.New("protocol error")

// Read reads one frame into header and returns its body; io.EOF at the end of the stream.
func Read(r io.Reader, header any, maxBody int) ([]byte, error) {
	var lengths [8]byte
	if _, err := io.ReadFull(r, lengths[:]); err != nil {
		return nil, err
	}
	headerLength, bodyLength := binary.BigEndian.Uint32(lengths[:4]), binary.BigEndian.Uint32(lengths[4:])
	if headerLength > MaxHeader || int64(bodyLength) > int64(maxBody) {
		return nil, fmt.Errorf("%w: a frame of %d + %d bytes", ErrFrame, headerLength, bodyLength)
	}
	text := make([]byte, headerLength)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, header); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFrame, err)
	}
	body := make([]byte, bodyLength)
	_, err := io.ReadFull(r, body)
	return body, err
}

// Write writes one frame; callers see to it that only one of them writes at a time.
func Write(w io.Writer, header any, body ...[]byte) error {
	text, err := json.Marshal(header)
	if err != nil {
		return err
	}
	total := 0
	for _, part := range body {
		total += len(part)
	}
	frame := binary.BigEndian.AppendUint32(nil, uint32(len(text)))
	frame = binary.BigEndian.AppendUint32(frame, uint32(total))
	if _, err := w.Write(append(frame, text...)); err != nil {
		return err
	}
	for _, part := range body {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}
