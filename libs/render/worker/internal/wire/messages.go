package wire

// Hello is the first frame that the worker sends.
type Hello struct {
	Type          string `json:"type"` // "hello"
	Protocol      int    `json:"protocol"`
	EngineVersion string `json:"engineVersion"`
	Limits        Limits `json:"limits"`
}

// Limits of one render. The client checks its side of them before it sends anything.
type Limits struct {
	Files       int `json:"files"`
	InputBytes  int `json:"inputBytes"`
	OutputBytes int `json:"outputBytes"`
	Objects     int `json:"objects"`
	Problems    int `json:"problems"`
}

// Request is a frame from the client. Type "render" carries a source, and the files' bytes in the body; type "cancel"
// says that nobody waits for the answer any more.
type Request struct {
	Type   string `json:"type"`
	ID     uint64 `json:"id"`
	Source Source `json:"source"`
}

// Source says what to render. Each kind that is built reads its own fields beside Kind and Files.
type Source struct {
	Kind  string `json:"kind"`
	Files []File `json:"files"`
}

type File struct {
	Path string `json:"path"`
	Size int    `json:"size"`
}

// Response answers the request with the same ID: with objects, whose bytes are the body, or with problems.
type Response struct {
	Type     string    `json:"type"` // "rendered" or "refused"
	ID       uint64    `json:"id"`
	Objects  []Object  `json:"objects,omitempty"`
	Problems []Problem `json:"problems,omitempty"`
}

type Object struct {
	Size        int               `json:"size"`
	APIVersion  string            `json:"apiVersion"`
	Kind        string            `json:"kind"`
	Namespace   string            `json:"namespace"`
	Name        string            `json:"name"`
	Path        string            `json:"path"`
	Document    int               `json:"document"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Images      []string          `json:"images,omitempty"`
}

type Problem struct {
	Path     string `json:"path"`
	Document int    `json:"document,omitempty"`
	Line     int    `json:"line,omitempty"`
	Message  string `json:"message"`
}
