// Package manifests renders a source of plain manifests: files of YAML or JSON.
package manifests

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"muster.dev/render-worker/internal/canonical"
	"muster.dev/render-worker/internal/document"
	"muster.dev/render-worker/internal/wire"
)

// File is a file of the source; its path is relative to the source.
type File struct {
	Path string
	Data []byte
}

// Result has objects or problems, never both: a source with a problem renders nothing. Objects stand in the order of
// path (as bytes), then document, then place in a list; Bytes[i] are the canonical bytes of Objects[i].
type Result struct {
	Objects  []wire.Object
	Bytes    [][]byte
	Problems []wire.Problem
}

// Render reads all files. Its result depends on nothing but the files. It stops early when ctx is done.
func Render(ctx context.Context, files []File, limits wire.Limits) Result {
	r := renderer{limits: limits, outputLeft: limits.OutputBytes, places: map[string]place{}}
	sorted := slices.SortedFunc(slices.Values(files), func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	for _, file := range sorted {
		for doc := range document.Read(file.Path, file.Data) {
			if ctx.Err() != nil || r.full() {
				return r.finish()
			}
			r.document(file.Path, doc)
		}
	}
	return r.finish()
}

type place struct {
	path     string
	document int
}

type renderer struct {
	limits     wire.Limits
	outputLeft int
	places     map[string]place
	result     Result
	overflowed bool
}

func (r *renderer) full() bool {
	return r.overflowed || len(r.result.Problems) >= r.limits.Problems
}

func (r *renderer) finish() Result {
	if len(r.result.Problems) == 0 {
		return r.result
	}
	return Result{Problems: r.result.Problems[:min(len(r.result.Problems), r.limits.Problems)]}
}

func (r *renderer) document(path string, doc document.Document) {
	for _, fault := range doc.Faults {
		r.refuse(path, doc, fault.Line, fault.Message)
	}
	if doc.Value != nil {
		r.value(path, doc, doc.Value, nil)
	}
}

// value takes one object, or each of a list; at is where it stands in the document.
func (r *renderer) value(path string, doc document.Document, value any, at []any) {
	if r.full() {
		return
	}
	object, isMap := value.(map[string]any)
	if !isMap {
		r.refuse(path, doc, document.LineOf(doc.Text, at...), "an object is a map; this is "+describe(value))
		return
	}
	if items, isList := listItems(object); isList {
		for i, item := range items {
			r.value(path, doc, item, append(slices.Clone(at), "items", i))
		}
		return
	}
	r.object(path, doc, object, at)
}

func (r *renderer) object(path string, doc document.Document, object map[string]any, at []any) {
	id, faults := identify(object)
	images := imagesOf(object)
	if image := slices.IndexFunc(images, hasControl); image >= 0 {
		faults = append(faults, fault{[]any{"spec"}, fmt.Sprintf("image %q has a control character", images[image])})
	}
	for _, fault := range faults {
		line := document.LineOf(doc.Text, append(slices.Clone(at), fault.path...)...)
		r.refuse(path, doc, line, fault.message)
	}
	if len(faults) > 0 {
		return
	}
	if first, taken := r.places[id.key()]; taken {
		r.refuse(path, doc, document.LineOf(doc.Text, at...), fmt.Sprintf(
			"%s %s is already given in %s, document %d", id.kind, qualifiedName(id), first.path, first.document))
		return
	}
	r.places[id.key()] = place{path, doc.Number}
	if len(r.result.Objects) >= r.limits.Objects {
		r.overflow(path, doc, fmt.Sprintf("the source has more than %d objects", r.limits.Objects))
		return
	}
	bytes, err := canonical.Encode(object, r.outputLeft)
	if errors.Is(err, canonical.ErrTooLarge) {
		r.overflow(path, doc, fmt.Sprintf("the source renders to more than %d MiB", r.limits.OutputBytes>>20))
		return
	}
	if err != nil {
		r.refuse(path, doc, document.LineOf(doc.Text, at...), err.Error())
		return
	}
	r.outputLeft -= len(bytes)
	r.result.Bytes = append(r.result.Bytes, bytes)
	r.result.Objects = append(r.result.Objects, wire.Object{
		Size: len(bytes), APIVersion: id.apiVersion, Kind: id.kind, Namespace: id.namespace, Name: id.name,
		Path: path, Document: doc.Number, Annotations: annotationsOf(object), Images: images,
	})
}

func (r *renderer) overflow(path string, doc document.Document, message string) {
	r.overflowed = true
	r.refuse(path, doc, 0, message)
}

// refuse takes a line of the document; 0 becomes the document's first.
func (r *renderer) refuse(path string, doc document.Document, line int, message string) {
	r.result.Problems = append(r.result.Problems, wire.Problem{
		Path: path, Document: doc.Number, Line: doc.FirstLine + max(line, 1) - 1, Message: message,
	})
}

func qualifiedName(id identity) string {
	if id.namespace == "" {
		return id.name
	}
	return id.namespace + "/" + id.name
}
