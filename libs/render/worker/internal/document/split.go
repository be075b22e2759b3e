// Package document reads YAML and JSON files as Kubernetes reads them, document by document, with bounds.
package document

import "bytes"

// Chunk is the text of one document.
type Chunk struct {
	Text []byte
	// FirstLine is the line of the file, from 1, that Text begins with.
	FirstLine int
	// Empty says that there is nothing in it but a marker, comments and directives.
	Empty bool
}

// Split cuts a YAML stream at its document markers. A line that begins with `---` or `...` and goes on with a space
// or nothing is a marker wherever it stands (YAML 1.2, production 206: c-forbidden), so no parser is needed to find
// them, and a file that is broken in one document still tells about the others. Comments and directives before the
// first marker belong to the first document.
func Split(text []byte) []Chunk {
	var chunks []Chunk
	current := Chunk{FirstLine: 1, Empty: true}
	begun := false // whether the current chunk has had its `---`, or content
	line, start := 0, 0

	closeAt := func(end, nextLine int) {
		current.Text = text[start:end]
		chunks = append(chunks, current)
		current = Chunk{FirstLine: nextLine, Empty: true}
		start, begun = end, false
	}
	for at := 0; at < len(text); {
		next := len(text)
		if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
			next = at + i + 1
		}
		line++
		switch content := text[at:next]; {
		case isMarker(content, "---"):
			if begun {
				closeAt(at, line)
			}
			begun = true
			current.Empty = isBlankOrComment(content[len("---"):])
		case isMarker(content, "..."):
			closeAt(next, line+1)
		case !isBlankOrComment(content) && content[0] != '%':
			begun = true
			current.Empty = false
		}
		at = next
	}
	if begun {
		closeAt(len(text), line)
	}
	return chunks
}

func isMarker(line []byte, marker string) bool {
	rest, found := bytes.CutPrefix(line, []byte(marker))
	return found && (len(rest) == 0 || bytes.IndexByte([]byte(" \t\r\n"), rest[0]) >= 0)
}

func isBlankOrComment(line []byte) bool {
	trimmed := bytes.TrimSpace(line)
	return len(trimmed) == 0 || trimmed[0] == '#'
}
