package manifests

import "strings"

// listItems tells whether an object is a list of objects, and returns its items. As in kubectl it is one when its
// kind ends with List and it has items; the items of a typed list (ConfigMapList) may leave out kind and apiVersion.
func listItems(object map[string]any) ([]any, bool) {
	kind, _ := object["kind"].(string)
	items, hasItems := object["items"].([]any)
	if !hasItems || !strings.HasSuffix(kind, "List") {
		return nil, false
	}
	itemKind := strings.TrimSuffix(kind, "List")
	if itemKind == "" {
		return items, true
	}
	for _, item := range items {
		fields, isMap := item.(map[string]any)
		if isMap && fields["kind"] == nil && fields["apiVersion"] == nil {
			fields["kind"], fields["apiVersion"] = itemKind, object["apiVersion"]
		}
	}
	return items, true
}
