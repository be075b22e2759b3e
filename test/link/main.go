// A poor link for tests, where the kernel has no netem: two TUN devices, and between them delay, loss and a rate.
// Packets are lost and delayed as such, so whatever speaks TCP over it finds out by itself, as it would on a real one.
package main

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"syscall"
	"time"
	"unsafe"
)

const (
	tunSetIff = 0x400454ca
	iffTun    = 0x0001
	iffNoPi   = 0x1000
	mtu       = 1500
)

type link struct {
	delay time.Duration
	loss  float64
	// Bits per second, in each direction.
	rate float64
	// Bytes that wait for the line; what comes beyond is dropped, as routers do.
	queue float64
}

type packet struct {
	bytes []byte
	due   time.Time
}

func main() {
	var it link
	a := flag.String("a", "", "name of one device")
	b := flag.String("b", "", "name of the other")
	flag.DurationVar(&it.delay, "delay", 0, "of each packet, in each direction")
	flag.Float64Var(&it.loss, "loss", 0, "the part of packets that is lost, 0 to 1")
	flag.Float64Var(&it.rate, "rate", 1e9, "bits per second, in each direction")
	flag.Float64Var(&it.queue, "queue", 64*1024, "bytes that may wait for the line")
	seed := flag.Uint64("seed", 1, "of what is lost")
	flag.Parse()
	first, second := open(*a), open(*b)
	go it.carry(first, second, rand.New(rand.NewPCG(*seed, 1)))
	go it.carry(second, first, rand.New(rand.NewPCG(*seed, 2)))
	fmt.Println("ready")
	// The devices end with this process, and it with whoever started it.
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func open(name string) int {
	fd, err := syscall.Open("/dev/net/tun", syscall.O_RDWR, 0)
	if err != nil {
		fail("/dev/net/tun", err)
	}
	var request [40]byte
	copy(request[:15], name)
	*(*uint16)(unsafe.Pointer(&request[16])) = iffTun | iffNoPi
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), tunSetIff, uintptr(unsafe.Pointer(&request[0]))); errno != 0 {
		fail("making the device "+name, errno)
	}
	return fd
}

func (it link) carry(from, to int, random *rand.Rand) {
	onTheWay := make(chan packet, 4096)
	go deliver(to, onTheWay)
	free := time.Now()
	buffer := make([]byte, mtu+64)
	for {
		size, err := syscall.Read(from, buffer)
		if err == syscall.EINTR || err == syscall.EAGAIN {
			continue
		}
		if err != nil {
			fail("reading", err)
		}
		now := time.Now()
		if free.Before(now) {
			free = now
		}
		isFull := free.Sub(now).Seconds()*it.rate/8 > it.queue
		if isFull || random.Float64() < it.loss {
			continue
		}
		free = free.Add(time.Duration(float64(size) * 8 / it.rate * float64(time.Second)))
		onTheWay <- packet{append([]byte(nil), buffer[:size]...), free.Add(it.delay)}
	}
}

func deliver(to int, packets <-chan packet) {
	for it := range packets {
		time.Sleep(time.Until(it.due))
		// A device that is down refuses packets: they are lost then.
		_, _ = syscall.Write(to, it.bytes)
	}
}

func fail(what string, err error) {
	fmt.Fprintf(os.Stderr, "%s: %v\n", what, err)
	os.Exit(1)
}
