package document

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml/goyaml.v2"
)

// MaxDepth is how deep maps and lists may nest; the deepest CRDs that people run need about 100.
const MaxDepth = 500

// Fault is one thing that is wrong with a document. Line counts from the document's first, from 1; 0 means unknown.
type Fault struct {
	Line    int
	Message string
}

// DecodeYAML reads one document as sigs.k8s.io/yaml does, which is how kubectl and the API server read it: YAML 1.1
// scalars (0644 is 420, yes is true), keys that become texts. On top of that it refuses duplicate keys, and keys that
// are the same only as JSON (1 and "1"), because which of them won would be chance.
//
// An empty document gives nil and no fault. The parser itself bounds what aliases may expand to.
func DecodeYAML(text []byte) (any, []Fault) {
	var raw any
	var err error
	if bytes.Contains(text, []byte("<<")) {
		// Strict decoding would also refuse a key that overrides a merged one, which Kubernetes accepts.
		if faults := duplicateKeys(text); len(faults) > 0 {
			return nil, faults
		}
		err = yaml.Unmarshal(text, &raw)
	} else {
		err = yaml.UnmarshalStrict(text, &raw)
	}
	if err != nil {
		return nil, yamlFaults(err)
	}
	value, err := jsonValue(raw, 0)
	if err != nil {
		return nil, []Fault{{Message: err.Error()}}
	}
	return value, nil
}

// jsonValue turns what the parser made into JSON's types, with the same rules for keys as sigs.k8s.io/yaml.
func jsonValue(raw any, depth int) (any, error) {
	if depth > MaxDepth {
		return nil, fmt.Errorf("maps and lists nest deeper than %d levels", MaxDepth)
	}
	switch v := raw.(type) {
	case map[any]any:
		fields := make(map[string]any, len(v))
		for rawKey, rawValue := range v {
			key, err := jsonKey(rawKey)
			if err != nil {
				return nil, err
			}
			if _, taken := fields[key]; taken {
				return nil, fmt.Errorf("key %q is given twice, once as text and once as another type", key)
			}
			if fields[key], err = jsonValue(rawValue, depth+1); err != nil {
				return nil, err
			}
		}
		return fields, nil
	case []any:
		for i, item := range v {
			value, err := jsonValue(item, depth+1)
			if err != nil {
				return nil, err
			}
			v[i] = value
		}
		return v, nil
	default:
		return raw, nil
	}
}

func jsonKey(key any) (string, error) {
	switch k := key.(type) {
	case string:
		return k, nil
	case int:
		return strconv.Itoa(k), nil
	case int64:
		return strconv.FormatInt(k, 10), nil
	case bool:
		return strconv.FormatBool(k), nil
	case float64:
		switch text := strconv.FormatFloat(k, 'g', -1, 32); text {
		case "+Inf":
			return ".inf", nil
		case "-Inf":
			return "-.inf", nil
		case "NaN":
			return ".nan", nil
		default:
			return text, nil
		}
	case nil:
		return "", errors.New("a key is empty (null)")
	default:
		return "", errors.New("a key is a map, a list or a number out of range; JSON has only texts")
	}
}

var lineOf = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?`)

func yamlFaults(err error) []Fault {
	var many *yaml.TypeError
	if !errors.As(err, &many) {
		return []Fault{yamlFault(err.Error())}
	}
	faults := make([]Fault, 0, len(many.Errors))
	for _, message := range many.Errors {
		faults = append(faults, yamlFault(message))
	}
	return faults
}

func yamlFault(message string) Fault {
	found := lineOf.FindStringSubmatch(message)
	line, _ := strconv.Atoi(found[1])
	message = strings.TrimPrefix(message, found[0])
	message = strings.Replace(message, "already set in map", "is given twice", 1)
	return Fault{Line: line, Message: message}
}
