package manifests

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// fault is something wrong with an object, at a field of it.
type fault struct {
	path    []any
	message string
}

type identity struct {
	apiVersion, kind, namespace, name string
}

// key is how the API server tells objects apart: the version is only a way to look at one.
func (id identity) key() string {
	group := ""
	if before, _, grouped := strings.Cut(id.apiVersion, "/"); grouped {
		group = before
	}
	return strings.Join([]string{group, id.kind, id.namespace, id.name}, "/")
}

// identify checks the fields that every object has and returns what names it. All faults at once.
func identify(object map[string]any) (identity, []fault) {
	var id identity
	var faults []fault
	refuse := func(message string, path ...any) { faults = append(faults, fault{path, message}) }

	id.apiVersion = requiredText(object, "apiVersion", "apiVersion", []any{"apiVersion"}, refuse)
	if strings.Count(id.apiVersion, "/") > 1 || unsafeInPath(strings.Replace(id.apiVersion, "/", "", 1)) {
		refuse(fmt.Sprintf("apiVersion %q is neither VERSION nor GROUP/VERSION", id.apiVersion), "apiVersion")
	}
	id.kind = requiredText(object, "kind", "kind", []any{"kind"}, refuse)
	if unsafeInPath(id.kind) {
		refuse(fmt.Sprintf("kind %q is not a name", id.kind), "kind")
	}

	metadata, isMap := object["metadata"].(map[string]any)
	if !isMap {
		refuse("metadata is missing", "metadata")
		return id, faults
	}
	if _, named := metadata["name"]; !named && metadata["generateName"] != nil {
		refuse("metadata.generateName would make another object each time; give metadata.name", "metadata", "generateName")
	} else {
		id.name = requiredText(metadata, "name", "metadata.name", []any{"metadata", "name"}, refuse)
	}
	if unsafeInPath(id.name) {
		refuse(fmt.Sprintf("metadata.name %q can't be a part of a URL", id.name), "metadata", "name")
	}
	if metadata["namespace"] != nil {
		id.namespace, isMap = metadata["namespace"].(string)
		if !isMap {
			refuse("metadata.namespace is "+describe(metadata["namespace"])+", not a text; quote it", "metadata", "namespace")
		} else if unsafeInPath(id.namespace) {
			refuse(fmt.Sprintf("metadata.namespace %q can't be a part of a URL", id.namespace), "metadata", "namespace")
		}
	}
	faults = append(faults, textMapFaults(metadata, "labels")...)
	faults = append(faults, textMapFaults(metadata, "annotations")...)
	return id, faults
}

func requiredText(in map[string]any, field, name string, path []any, refuse func(string, ...any)) string {
	switch value := in[field].(type) {
	case nil:
		refuse(name+" is missing", path...)
	case string:
		if value == "" {
			refuse(name+" is empty", path...)
		}
		return value
	default:
		refuse(name+" is "+describe(value)+", not a text; quote it", path...)
	}
	return ""
}

func textMapFaults(metadata map[string]any, field string) []fault {
	if metadata[field] == nil {
		return nil
	}
	values, isMap := metadata[field].(map[string]any)
	if !isMap {
		return []fault{{[]any{"metadata", field}, "metadata." + field + " is " + describe(metadata[field]) + ", not a map"}}
	}
	var faults []fault
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if _, isText := values[key].(string); !isText {
			message := fmt.Sprintf("metadata.%s[%q] is %s, not a text; quote it", field, key, describe(values[key]))
			faults = append(faults, fault{[]any{"metadata", field, key}, message})
		}
	}
	return faults
}

// unsafeInPath tells what Kubernetes refuses in a path segment (ValidatePathSegmentName), and control characters, which
// no name has and which databases and terminals take amiss.
func unsafeInPath(name string) bool {
	return name == "." || name == ".." || strings.ContainsAny(name, "/%") || hasControl(name)
}

func hasControl(text string) bool {
	return strings.ContainsFunc(text, unicode.IsControl)
}

func describe(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "true or false"
	case string:
		return "a text"
	case []any:
		return "a list"
	case map[string]any:
		return "a map"
	default:
		return "a number"
	}
}
