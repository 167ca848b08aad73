using Thaw.Bench.Floor;
using Thaw.Bench.Wire;
using Thaw.Linux;

// The least that an invoke can cost in C#: one thread, raw sockets, no framework and no decisions.
//
//   client --POST invoke--> [front] floor [runtimes] <--GET next, POST response-- runtimes, one connection each
//
//   floor              serves invocations
//   floor ping-pong    only sends back what it receives: the least that a round trip can cost
LinuxException.ThrowIfFailed(Syscalls.prctl(SocketCalls.PR_SET_PDEATHSIG, Syscalls.SIGKILL, 0, 0, 0), "prctl");
var front = Tcp.Listen(out var frontPort);
if (args is ["ping-pong"])
{
    Console.WriteLine($"floor: listening on http://127.0.0.1:{frontPort}");
    PingPong.Serve(front);
    return;
}

var runtimes = Tcp.Listen(out var runtimePort);
Console.WriteLine($"floor: listening on http://127.0.0.1:{frontPort}, runtimes on 127.0.0.1:{runtimePort}");
new Exchange(front, runtimes).Serve();
