package canonical

import (
	"errors"
	"strings"
	"testing"
)

func TestEncode(t *testing.T) {
	for name, test := range map[string]struct {
		value any
		want  string
	}{
		"keys stand in the order of code points":      {map[string]any{"b": 1, "a": 2, "é": 3, "Z": 4, "😀": 5, "\uff5e": 6}, `{"Z":4,"a":2,"b":1,"é":3,"～":6,"😀":5}`},
		"nothing is escaped for HTML":                 {"<a href=\"x\">&\u2028</a>", "\"<a href=\\\"x\\\">&\u2028</a>\""},
		"control characters are escaped":              {"\x00\x1f\b\f\n\r\t\x7f\\", `"\u0000\u001f\b\f\n\r\t` + "\x7f" + `\\"`},
		"integers keep all their digits":              {[]any{int64(9007199254740993), uint64(18446744073709551615)}, `[9007199254740993,18446744073709551615]`},
		"floats are printed as ECMAScript prints":     {[]any{1.0, 0.1, 1e21, 1e-7, 100000.5}, `[1,0.1,1e+21,1e-7,100000.5]`},
		"null, booleans and empty collections remain": {[]any{nil, true, false, []any{}, map[string]any{}}, `[null,true,false,[],{}]`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Encode(test.value, 1000)
			if err != nil || string(got) != test.want {
				t.Errorf("got %s, %v\nwant %s", got, err, test.want)
			}
		})
	}
}

func TestEncodeStopsAtTheLimit(t *testing.T) {
	big := strings.Repeat("x", 1000)
	if _, err := Encode([]any{big, big, big}, 2500); !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
}
