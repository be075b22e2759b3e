package document

import (
	"fmt"

	"sigs.k8s.io/yaml/goyaml.v3"
)

// LineOf finds the line of a field, from the document's first, from 1. Where the path ends early it is the line of
// what is there; 0 when the text can't be read. It parses the text anew: it is for telling about problems only.
func LineOf(text []byte, path ...any) int {
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil || len(root.Content) == 0 {
		return 0
	}
	node := root.Content[0]
	line := node.Line
	for _, step := range path {
		key, value := child(node, step)
		if value == nil {
			break
		}
		node, line = value, key.Line
	}
	return line
}

func child(node *yaml.Node, step any) (key, value *yaml.Node) {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	switch step := step.(type) {
	case string:
		for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == step {
				return node.Content[i], node.Content[i+1]
			}
		}
	case int:
		if node.Kind == yaml.SequenceNode && step < len(node.Content) {
			return node.Content[step], node.Content[step]
		}
	}
	return nil, nil
}

// duplicateKeys finds keys that stand twice in one map, merge keys aside.
func duplicateKeys(text []byte) []Fault {
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil // whoever decodes the text next tells about it
	}
	var faults []Fault
	var visit func(node *yaml.Node)
	visit = func(node *yaml.Node) {
		seen := map[string]bool{}
		for i, content := range node.Content {
			if node.Kind == yaml.MappingNode && i%2 == 0 && content.Kind == yaml.ScalarNode && content.Tag != "!!merge" {
				if id := content.ShortTag() + " " + content.Value; seen[id] {
					faults = append(faults, Fault{Line: content.Line, Message: fmt.Sprintf("key %q is given twice", content.Value)})
				} else {
					seen[id] = true
				}
			}
			visit(content)
		}
	}
	visit(&root)
	return faults
}
