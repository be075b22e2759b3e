package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"muster.dev/render-worker/internal/manifests"
	"muster.dev/render-worker/internal/wire"
)

// engineVersion changes with whatever may change the bytes that an input renders to: this worker's own rules (the
// first number) and the libraries that it links.
const engineVersion = "2+yaml1.6.0"

var limits = wire.Limits{
	Files:       10_000,
	InputBytes:  32 << 20,
	OutputBytes: 64 << 20,
	Objects:     50_000,
	Problems:    100,
}

// largeRender is from how many bytes of input on a render leaves enough behind to hand it back to the system at once.
const largeRender = 2 << 20

// server answers requests, as many at once as there are processors.
type server struct {
	slots   chan struct{}
	running sync.Map // request id → context.CancelFunc
	pending sync.WaitGroup
	active  atomic.Int32

	mu     sync.Mutex // guards out and failed
	out    *bufio.Writer
	failed error
}

// serve reads requests until the input ends, and returns when all are answered.
func serve(in io.Reader, out io.Writer) error {
	s := &server{slots: make(chan struct{}, runtime.GOMAXPROCS(0)), out: bufio.NewWriterSize(out, 64<<10)}
	if err := s.send(wire.Hello{Type: "hello", Protocol: 1, EngineVersion: engineVersion, Limits: limits}); err != nil {
		return err
	}
	reader := bufio.NewReaderSize(in, 64<<10)
	for {
		var request wire.Request
		body, err := wire.Read(reader, &request, limits.InputBytes)
		if errors.Is(err, io.EOF) {
			s.pending.Wait()
			return s.failed
		}
		if err != nil {
			return err
		}
		if err := s.handle(request, body); err != nil {
			return err
		}
	}
}

func (s *server) handle(request wire.Request, body []byte) error {
	switch request.Type {
	case "cancel":
		if cancel, running := s.running.Load(request.ID); running {
			cancel.(context.CancelFunc)()
		}
		return nil
	case "render":
		files, err := cut(request.Source.Files, body)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithCancel(context.Background())
		s.running.Store(request.ID, cancel)
		// Taking the slot here, not in the goroutine, leaves further requests in the pipe: that is the back-pressure.
		s.slots <- struct{}{}
		s.active.Add(1)
		s.pending.Go(func() {
			s.render(ctx, request, files)
			cancel()
			s.running.Delete(request.ID)
			<-s.slots
			if s.active.Add(-1) == 0 && len(body) >= largeRender {
				debug.FreeOSMemory()
			}
		})
		return nil
	default:
		return fmt.Errorf("%w: request of type %q", wire.ErrFrame, request.Type)
	}
}

func (s *server) render(ctx context.Context, request wire.Request, files []manifests.File) {
	var result manifests.Result
	switch request.Source.Kind {
	case "manifests":
		result = manifests.Render(ctx, files, limits)
	default:
		message := fmt.Sprintf("this render worker knows no source of kind %q", request.Source.Kind)
		result.Problems = []wire.Problem{{Message: message}}
	}
	response := wire.Response{Type: "rendered", ID: request.ID, Objects: result.Objects}
	if len(result.Problems) > 0 {
		response = wire.Response{Type: "refused", ID: request.ID, Problems: result.Problems}
	}
	// A failed write means that the client is gone, which ends the input too; serve returns the error then.
	_ = s.send(response, result.Bytes...)
}

func (s *server) send(header any, body ...[]byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed == nil {
		s.failed = wire.Write(s.out, header, body...)
	}
	if s.failed == nil {
		s.failed = s.out.Flush()
	}
	return s.failed
}

// cut gives each file its part of the body.
func cut(named []wire.File, body []byte) ([]manifests.File, error) {
	files := make([]manifests.File, 0, len(named))
	for _, file := range named {
		if file.Size < 0 || file.Size > len(body) {
			return nil, fmt.Errorf("%w: file %q is longer than the body", wire.ErrFrame, file.Path)
		}
		files = append(files, manifests.File{Path: file.Path, Data: body[:file.Size:file.Size]})
		body = body[file.Size:]
	}
	if len(body) > 0 {
		return nil, fmt.Errorf("%w: %d bytes belong to no file", wire.ErrFrame, len(body))
	}
	return files, nil
}
