using System.Diagnostics;
using System.Globalization;
using Thaw.Bench.Wire;
using Thaw.Linux;

namespace Thaw.Bench.Driver.Programs;

/// <summary>A program that we started. What it writes goes into a file, so that nobody has to read along while it is measured.</summary>
internal sealed unsafe class Child : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly HashSet<Child> Alive = [];

    private readonly string output;
    private readonly int pid;
    private int? ended;

    private Child(string path, int pid, string output) => (Path, this.pid, this.output) = (path, pid, output);

    internal string Path { get; }

    internal int Pid => pid;

    /// <param name="variables">NAME=VALUE, all of them.</param>
    /// <param name="output">The file for both its outputs.</param>
    /// <param name="streams">Descriptors for its standard input, output and error instead.</param>
    internal static Child Start(
        string path,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> variables,
        string directory,
        string output,
        (int? Input, int? Output, int? Error) streams = default)
    {
        var flags = SocketCalls.O_WRONLY | SocketCalls.O_CREAT | SocketCalls.O_TRUNC | Syscalls.O_CLOEXEC;
        using var file = new FileDescriptor(LinuxException.ThrowIfFailed(SocketCalls.open(output, flags, 0b110_100_100), output));
        var spawn = new Spawn
        {
            Path = path,
            Arguments = [path, .. arguments],
            Environment = variables,
            WorkingDirectory = directory,
            Descriptors =
            [
                .. streams.Input is { } input ? new[] { (input, 0) } : [],
                (streams.Output ?? file.Number, 1),
                (streams.Error ?? file.Number, 2),
            ],
        };
        lock (Alive)
        {
            var error = spawn.TryStart(out var pid);
            if (error != 0)
                throw new BenchException($"cannot start {path}: {new LinuxException("posix_spawn", error).Message}");
            var child = new Child(path, pid, output);
            Alive.Add(child);
            return child;
        }
    }

    /// <summary>Nothing that we started outlives us.</summary>
    internal static void KillAll()
    {
        lock (Alive)
        {
            foreach (var child in Alive)
                _ = Syscalls.kill(child.pid, Syscalls.SIGKILL);
        }
    }

    /// <summary>Waits for the line that begins so, and gives its rest.</summary>
    internal string AwaitLine(string beginning)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            // Asking costs some microseconds; asking more rarely would blur what is measured in milliseconds.
            var text = File.ReadAllText(output);
            var at = text.IndexOf(beginning, StringComparison.Ordinal);
            var end = at < 0 ? -1 : text.IndexOf('\n', at);
            if (end >= 0)
                return text[(at + beginning.Length)..end];
            if (HasEnded(Syscalls.WNOHANG) || Stopwatch.GetElapsedTime(began) > Patience)
                throw new BenchException($"{Path} did not say '{beginning}'; it said: {text}");
            Thread.Sleep(TimeSpan.FromMicroseconds(200));
        }
    }

    /// <summary>Its own memory now, in bytes.</summary>
    internal long ResidentBytes()
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>Asks it to end. It must, in good time and with status 0.</summary>
    internal void Terminate()
    {
        _ = Syscalls.kill(pid, Syscalls.SIGTERM);
        var began = Stopwatch.GetTimestamp();
        while (!HasEnded(Syscalls.WNOHANG))
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
                throw new BenchException($"{Path} does not end after SIGTERM; its output is in {output}");
            Thread.Sleep(1);
        }

        if (ended != 0)
            throw new BenchException($"{Path} ended with wait status {ended} after SIGTERM; its output is in {output}");
    }

    internal void AwaitEnd()
    {
        if (!HasEnded(0) || ended != 0)
            throw new BenchException($"{Path} ended with wait status {ended}; its output is in {output}");
    }

    public void Dispose()
    {
        if (ended is not null)
            return;
        _ = Syscalls.kill(pid, Syscalls.SIGKILL);
        HasEnded(0);
    }

    private bool HasEnded(int options)
    {
        if (ended is null && Syscalls.waitpid(pid, out var status, options) == pid)
        {
            ended = status;
            lock (Alive)
                Alive.Remove(this);
        }

        return ended is not null;
    }
}
