package manifests

import (
	"maps"
	"slices"
	"strings"
)

var annotationPrefixes = []string{"muster.dev/", "argocd.argoproj.io/", "helm.sh/"}

// annotationsOf returns the annotations whose behaviour matters to the hub; all values are texts by now.
func annotationsOf(object map[string]any) map[string]string {
	metadata, _ := object["metadata"].(map[string]any)
	all, _ := metadata["annotations"].(map[string]any)
	var found map[string]string
	for key, value := range all {
		if !slices.ContainsFunc(annotationPrefixes, func(prefix string) bool { return strings.HasPrefix(key, prefix) }) {
			continue
		}
		if found == nil {
			found = map[string]string{}
		}
		found[key], _ = value.(string)
	}
	return found
}

var containerLists = []string{"containers", "ephemeralContainers", "initContainers"}

const maxImages = 100

// imagesOf returns the images of every container in the object, wherever a pod template stands in it (custom
// resources carry them too), sorted, each once.
func imagesOf(object map[string]any) []string {
	found := map[string]bool{}
	var visit func(value any)
	visit = func(value any) {
		switch v := value.(type) {
		case []any:
			for _, item := range v {
				visit(item)
			}
		case map[string]any:
			for _, list := range containerLists {
				collectImages(v[list], found)
			}
			for _, field := range v {
				visit(field)
			}
		}
	}
	visit(object["spec"])
	visit(object["template"]) // PodTemplate
	images := slices.Sorted(maps.Keys(found))
	return images[:min(len(images), maxImages)]
}

func collectImages(containers any, found map[string]bool) {
	list, _ := containers.([]any)
	for _, item := range list {
		container, _ := item.(map[string]any)
		if image, _ := container["image"].(string); image != "" {
			found[image] = true
		}
	}
}
