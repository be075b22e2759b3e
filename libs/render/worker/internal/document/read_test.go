package document

import (
	"fmt"
	"iter"
	"strings"
	"testing"

	"muster.dev/render-worker/internal/canonical"
	"sigs.k8s.io/yaml"
)

func show(documents iter.Seq[Document]) string {
	var lines []string
	for doc := range documents {
		line := fmt.Sprintf("%d@%d ", doc.Number, doc.FirstLine)
		printed, err := canonical.Encode(doc.Value, 1<<20)
		if err != nil {
			line += err.Error()
		}
		line += string(printed)
		for _, fault := range doc.Faults {
			line += fmt.Sprintf(" !%d %s", fault.Line, fault.Message)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestRead(t *testing.T) {
	for name, test := range map[string]struct{ path, text, want string }{
		"scalars are those of YAML 1.1":                    {"a.yaml", "mode: 0644\non: yes\nhex: 0x1F\nsexagesimal: 1:30\nnone: ~\nversion: 1.10\ndate: 2024-01-01", `1@1 {"date":"2024-01-01","hex":31,"mode":420,"none":null,"sexagesimal":"1:30","true":true,"version":1.1}`},
		"integers beyond 2^53 stay intact":                 {"a.yaml", "a: 9007199254740993\nb: 18446744073709551615", `1@1 {"a":9007199254740993,"b":18446744073709551615}`},
		"documents are counted with empty ones":            {"a.yaml", "a: 1\n---\n---\nb: 2\n", "1@1 {\"a\":1}\n3@3 {\"b\":2}"},
		"a comment before the first marker is no document": {"a.yaml", "# hi\n%YAML 1.1\n---\na: 1\n", `1@1 {"a":1}`},
		"a marker may be followed by a comment":            {"a.yaml", "a: 1\n--- # next\nb: 2\n", "1@1 {\"a\":1}\n2@2 {\"b\":2}"},
		"an end marker ends a document":                    {"a.yaml", "a: 1\n...\nb: 2\n", "1@1 {\"a\":1}\n2@3 {\"b\":2}"},
		"dashes inside a block text are no marker":         {"a.yaml", "a: |\n  ---\n  x\n", `1@1 {"a":"---\nx\n"}`},
		"a BOM and CRLF are accepted":                      {"a.yaml", "\xef\xbb\xbfa: 1\r\n---\r\nb: |\r\n  x\r\n", "1@1 {\"a\":1}\n2@2 {\"b\":\"x\\n\"}"},
		"UTF-16 is named":                                  {"a.yaml", "\xff\xfea\x00", "1@1 null !0 the file is UTF-16; save it as UTF-8"},
		"UTF-16 without a BOM is named":                    {"a.yaml", "a\x00:\x00", "1@1 null !0 the file looks like UTF-16; save it as UTF-8"},
		"other encodings are refused":                      {"a.yaml", "a: \xe9", "1@1 null !0 the file is not UTF-8"},
		"duplicate keys are refused with their line":       {"a.yaml", "a: 1\nb: 2\na: 3\n", `1@1 null !3 key "a" is given twice`},
		"keys that are the same in JSON are refused":       {"a.yaml", "1: a\n\"1\": b\n", `1@1 null !0 key "1" is given twice, once as text and once as another type`},
		"merge keys work, and may be overridden":           {"a.yaml", "x: &x {a: 1, b: 2}\nz:\n  <<: *x\n  b: 3\n", `1@1 {"x":{"a":1,"b":2},"z":{"a":1,"b":3}}`},
		"duplicates are found beside merge keys":           {"a.yaml", "x: &x {a: 1}\ny:\n  <<: *x\n  b: 3\n  b: 4\n", `1@1 null !5 key "b" is given twice`},
		"broken YAML tells its line":                       {"a.yaml", "a: 1\nb: [\n", "1@1 null !2 did not find expected node content"},
		"one broken document leaves the others":            {"a.yaml", "a: [\n---\nb: 2\n", "1@1 null !1 did not find expected node content\n2@2 {\"b\":2}"},
		"JSON files are JSON":                              {"a.json", `{"a": 9007199254740993, "b": "\ud83d\ude00", "c": 1.50, "d": 1e2}`, `1@1 {"a":9007199254740993,"b":"😀","c":1.5,"d":100}`},
		"JSON refuses duplicate keys":                      {"a.json", "{\n\"a\": 1,\n\"a\": 2}", `1@1 null !3 key "a" is given twice`},
		"JSON refuses what follows":                        {"a.json", "{}\n{}", `1@1 null !2 something follows the JSON value`},
		"JSON that ends early says so":                     {"a.json", "{\n\"a\": ", `1@1 null !2 the JSON value ends too early`},
		"an empty JSON file is an empty document":          {"a.json", " \n", ``},
		"JSON in a YAML file has surrogate pairs":          {"a.yaml", `{"a": "\ud83d\ude00"}`, `1@1 {"a":"😀"}`},
		"an empty file has no document":                    {"a.yaml", "\n# nothing\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := show(Read(test.path, []byte(test.text))); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

// What kubectl and the API server use is the reference: the same value, for everything that both accept.
func FuzzReadsAsKubernetesDoes(f *testing.F) {
	for _, seed := range []string{
		"a: 0644\nb: yes\nc: 1e3\nd: .5\ne: 1_000\nf: 0b11\ng: 'x'", "- 1\n- ~\n- 0x10\n- +1\n- 12e03\n- -2E+05",
		"a: &a [1, 2]\nb: *a", "x: &x {a: 1}\ny: {<<: *x, b: 2}", "? 1\n: 2\ntrue: 3\n1.5: 4", "a: >-\n  b\n  c\n\n  d", "a: !!binary aGk=\nb: !!str 1",
		"{\"a\": 1.0, \"b\": [null]}", "a: 99999999999999999999", "a: 1.0e+2", "a: 190:20:30", "off: [y, n, Y, No, on]",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(Split([]byte(text))) != 1 || strings.HasPrefix(strings.TrimSpace(text), "{") {
			t.Skip()
		}
		value, faults := DecodeYAML([]byte(text))
		if len(faults) > 0 {
			t.Skip()
		}
		got, err := canonical.Encode(value, 1<<20)
		if err != nil {
			t.Skip()
		}
		reference, err := yaml.YAMLToJSON([]byte(text))
		if err != nil {
			t.Fatalf("Kubernetes refuses what was read as %s: %v", got, err)
		}
		again, faults := DecodeJSON(reference)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		if want, _ := canonical.Encode(again, 1<<20); string(got) != string(want) {
			t.Errorf("got %s\nwant %s", got, want)
		}
	})
}
