package manifests

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"muster.dev/render-worker/internal/wire"
)

var roomy = wire.Limits{Files: 100, InputBytes: 32 << 20, OutputBytes: 64 << 20, Objects: 1000, Problems: 100}

func render(files ...string) Result {
	var list []File
	for i := 0; i < len(files); i += 2 {
		list = append(list, File{Path: files[i], Data: []byte(files[i+1])})
	}
	return Render(context.Background(), list, roomy)
}

func show(result Result) string {
	var lines []string
	for i, object := range result.Objects {
		lines = append(lines, fmt.Sprintf("%s#%d %s", object.Path, object.Document, result.Bytes[i]))
	}
	for _, problem := range result.Problems {
		lines = append(lines, fmt.Sprintf("%s#%d:%d %s", problem.Path, problem.Document, problem.Line, problem.Message))
	}
	return strings.Join(lines, "\n")
}

const a = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"

func TestRender(t *testing.T) {
	for name, test := range map[string]struct {
		files []string
		want  string
	}{
		"objects stand in the order of path, then document": {
			[]string{"b.yaml", a, "Z.yaml", "kind: X\napiVersion: v1\nmetadata: {name: q}\n---\nkind: X\napiVersion: v1\nmetadata: {name: p}"},
			`Z.yaml#1 {"apiVersion":"v1","kind":"X","metadata":{"name":"q"}}
Z.yaml#2 {"apiVersion":"v1","kind":"X","metadata":{"name":"p"}}
b.yaml#1 {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}`},
		"empty documents are skipped": {[]string{"a.yaml", "---\n---\n# nothing\n---\n" + a},
			`a.yaml#3 {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}`},
		"a List is expanded": {[]string{"a.yaml", "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: X, metadata: {name: a}}\n- {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: X, metadata: {name: b}}]}"},
			`a.yaml#1 {"apiVersion":"v1","kind":"X","metadata":{"name":"a"}}
a.yaml#1 {"apiVersion":"v1","kind":"X","metadata":{"name":"b"}}`},
		"items of a typed list get its kind": {[]string{"a.yaml", "apiVersion: v1\nkind: ConfigMapList\nitems: [{metadata: {name: a}}]"},
			`a.yaml#1 {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}`},
		"a kind that ends with List and has no items is an object": {[]string{"a.yaml", "apiVersion: x.io/v1\nkind: AllowList\nmetadata: {name: a}"},
			`a.yaml#1 {"apiVersion":"x.io/v1","kind":"AllowList","metadata":{"name":"a"}}`},
		"all problems are told at once, with document and line": {
			[]string{"a.yaml", a + "---\nkind: ConfigMap\nmetadata:\n  name: 7\n  labels: {on: yes}\n---\n- 1\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  generateName: x-\n", "b.yaml", "a: [\n"},
			`a.yaml#2:5 apiVersion is missing
a.yaml#2:7 metadata.name is a number, not a text; quote it
a.yaml#2:8 metadata.labels["true"] is true or false, not a text; quote it
a.yaml#3:10 an object is a map; this is a list
a.yaml#4:15 metadata.generateName would make another object each time; give metadata.name
b.yaml#1:1 did not find expected node content`},
		"a problem in a list tells the line of the item": {
			[]string{"a.yaml", "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: X, metadata: {name: a}}\n- apiVersion: v1\n  kind: X\n  metadata:\n    namespace: 1\n    name: b"},
			"a.yaml#1:8 metadata.namespace is a number, not a text; quote it"},
		"an object given twice names both places": {
			[]string{"a.yaml", a, "b.yaml", "apiVersion: v1\nkind: X\nmetadata: {name: b}\n---\n" + a},
			"b.yaml#2:5 ConfigMap a is already given in a.yaml, document 1"},
		"two versions of one object are one object": {
			[]string{"a.yaml", "apiVersion: apps/v1\nkind: D\nmetadata: {name: a, namespace: m}\n---\napiVersion: apps/v1beta1\nkind: D\nmetadata: {name: a, namespace: m}"},
			"a.yaml#2:5 D m/a is already given in a.yaml, document 1"},
		"names that would leave their place in a URL are refused": {
			[]string{"a.yaml", "apiVersion: v1\nkind: X\nmetadata: {name: ../x, namespace: '..'}"},
			"a.yaml#1:3 metadata.name \"../x\" can't be a part of a URL\na.yaml#1:3 metadata.namespace \"..\" can't be a part of a URL"},
		"control characters in what names an object are refused": {
			[]string{"a.yaml", "apiVersion: \"v1\\0\"\nkind: \"X\\t\"\nmetadata: {name: \"a\\0\", namespace: \"b\\u0085\"}"},
			`a.yaml#1:1 apiVersion "v1\x00" is neither VERSION nor GROUP/VERSION
a.yaml#1:2 kind "X\t" is not a name
a.yaml#1:3 metadata.name "a\x00" can't be a part of a URL
a.yaml#1:3 metadata.namespace "b\u0085" can't be a part of a URL`},
		"control characters in an image are refused": {
			[]string{"a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{image: \"nginx\\0\"}]}"},
			`a.yaml#1:4 image "nginx\x00" has a control character`},
		"NaN has no JSON form": {[]string{"a.yaml", a + "data: .nan"}, "a.yaml#1:1 NaN and infinity have no JSON form"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := show(render(test.files...)); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

func TestFactsOfAnObject(t *testing.T) {
	object := render("a.yaml", `
apiVersion: batch/v1
kind: CronJob
metadata:
  name: a
  annotations: {muster.dev/wave: "1", helm.sh/hook: x, argocd.argoproj.io/sync-wave: "2", other.io/x: "3"}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{image: b}, {image: a}], initContainers: [{image: a}]}}}}}
`).Objects[0]
	if got := fmt.Sprint(object.Annotations, object.Images); got != "map[argocd.argoproj.io/sync-wave:2 helm.sh/hook:x muster.dev/wave:1] [a b]" {
		t.Error(got)
	}
}

// Not a measure of speed, but of its order: each of these would take minutes, or all memory, where a bound is missing.
func TestHostileInputIsRefusedSoon(t *testing.T) {
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 10; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	long := "x: &x " + strings.Repeat("x", 1<<20) + "\ny: [" + strings.Repeat("*x, ", 10_000) + "]"
	for name, test := range map[string]struct{ text, message string }{
		"an alias bomb":                 {a + bomb, "excessive aliasing"},
		"a long text, aliased often":    {a + long, "renders to more than"},
		"lists nested 10,000 deep":      {a + "data: " + strings.Repeat("[", 10_000), ""},
		"lists nested 9,000 deep":       {a + "data: " + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000), "nest deeper"},
		"JSON nested 100,000 deep":      {strings.Repeat(`{"a":`, 100_000), ""},
		"blocks nested 5,000 deep":      {a + "data:\n " + strings.Repeat("- ", 5_000) + "x", "nest deeper"},
		"a map with itself as a key":    {a + "data: &d {? *d : 1}", ""},
		"a list that contains itself":   {a + "data: &d [*d]", "contains itself"},
		"100,000 keys that never close": {a + "data: {" + strings.Repeat("a: {", 100_000), ""},
		"200,000 quotes":                {a + strings.Repeat(`"`, 200_001), ""},
		"1,000,000 empty documents":     {strings.Repeat("---\n", 1_000_000) + "x", ""},
		"100,000 broken documents":      {strings.Repeat("a: [\n---\n", 100_000), ""},
		"50,000 anchors":                {a + "data: [" + strings.Repeat("&a x, ", 50_000) + "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			result := render("a.yaml", test.text)
			t.Logf("%v: %.120s", time.Since(began), show(result))
			if len(result.Problems) == 0 || len(result.Problems) > roomy.Problems {
				t.Fatalf("%d problems", len(result.Problems))
			}
			if !strings.Contains(result.Problems[0].Message, test.message) {
				t.Errorf("refused with %q, want %q", result.Problems[0].Message, test.message)
			}
			if time.Since(began) > 5*time.Second {
				t.Errorf("took %v", time.Since(began))
			}
		})
	}
}
