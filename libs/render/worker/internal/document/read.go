package document

import (
	"bytes"
	"iter"
	"strings"
	"unicode/utf8"
)

// Document is one document of a file: its value, or what is wrong with it.
type Document struct {
	Chunk
	// Number counts from 1, empty documents included, so that it is what a person counts.
	Number int
	// Value is nil where there are faults, and for a document that says null.
	Value  any
	Faults []Fault
}

// Read reads a file, one document at a time: `.json` as JSON, everything else as YAML, of which JSON is a part. A byte
// order mark and CRLF are accepted; another encoding than UTF-8 is refused by name, since its bytes would otherwise
// give a riddle of an error. Empty documents are counted, but not yielded.
func Read(path string, text []byte) iter.Seq[Document] {
	return func(yield func(Document) bool) {
		text := bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
		whole := Document{Number: 1, Chunk: Chunk{Text: text, FirstLine: 1}}
		if message := encodingFault(text); message != "" {
			whole.Faults = []Fault{{Message: message}}
			yield(whole)
			return
		}
		if strings.HasSuffix(path, ".json") {
			if len(bytes.TrimSpace(text)) > 0 {
				whole.Value, whole.Faults = DecodeJSON(text)
				yield(whole)
			}
			return
		}
		for i, chunk := range Split(text) {
			if chunk.Empty {
				continue
			}
			document := Document{Number: i + 1, Chunk: chunk}
			document.Value, document.Faults = decode(chunk.Text)
			if !yield(document) {
				return
			}
		}
	}
}

// decode reads what begins like a JSON object as JSON, as kubectl does: YAML has no surrogate pairs (\ud83d\ude00).
func decode(text []byte) (any, []Fault) {
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		if value, faults := DecodeJSON(text); len(faults) == 0 {
			return value, nil
		}
	}
	return DecodeYAML(text)
}

func encodingFault(text []byte) string {
	switch {
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")):
		return "the file is UTF-16; save it as UTF-8"
	case len(text) >= 2 && (text[0] == 0) != (text[1] == 0):
		return "the file looks like UTF-16; save it as UTF-8"
	case !utf8.Valid(text):
		return "the file is not UTF-8"
	default:
		return ""
	}
}
