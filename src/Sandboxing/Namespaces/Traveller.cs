using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using Thaw.Linux;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>
/// A thread that visits namespaces of one kind and comes back. It is one of its own: should the way back be barred, no other work is
/// stranded with it. While it is away it makes a few system calls and nothing else; a thread that was begun meanwhile would live there
/// too, and hold the namespace. At home it may begin one: whoever wakes somebody in the thread pool does, when that has none to spare.
/// </summary>
internal sealed class Traveller
{
    private const int StackBytes = 256 * 1024;

    private readonly int kind;
    private readonly BlockingCollection<Action<FileDescriptor>> errands = [];

    // Null where the traveller's home is everybody's.
    private readonly BlockingCollection<Action>? answers;

    /// <param name="kind">Which namespaces: CLONE_NEWNET or CLONE_NEWNS.</param>
    internal Traveller(int kind)
    {
        this.kind = kind;
        if (LivesAbroad)
        {
            answers = [];
            new Thread(Deliver, StackBytes) { IsBackground = true, Name = "answers" }.Start();
        }

        new Thread(Travel, StackBytes) { IsBackground = true, Name = "namespaces" }.Start();
    }

    /// <summary>The machine's network is no place that a plain user may come back to: he has another one for this.</summary>
    private bool LivesAbroad => kind == Syscalls.CLONE_NEWNET && PlainUser.IsOwnMaster;

    /// <summary>A name for the namespace that a process lives in; it holds it.</summary>
    /// <param name="file">As proc(5) calls its kind.</param>
    /// <exception cref="LinuxException">There is no such process.</exception>
    internal static FileDescriptor Open(int pid, string file) =>
        Open(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/ns/{file}"));

    /// <summary>Does something there.</summary>
    /// <param name="work">Must not throw.</param>
    /// <exception cref="LinuxException">There is no way there.</exception>
    internal Task<T> VisitAsync<T>(FileDescriptor place, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        errands.Add(home =>
        {
            // Who shares his root with others cannot go where there is another one, and threads that were begun here share it.
            if (kind == Syscalls.CLONE_NEWNS)
                _ = Syscalls.unshare(Syscalls.CLONE_FS);
            if (Syscalls.setns(place.Number, kind) < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                Answer(() => done.SetException(new LinuxException("setns", error)));
                return;
            }

            var result = work();
            if (Syscalls.setns(home.Number, kind) < 0)
                Environment.FailFast("There is no way back from a namespace.");
            Answer(() => done.SetResult(result));
        });
        return done.Task;
    }

    private static FileDescriptor Open(string path) =>
        new(LinuxException.ThrowIfFailed(Syscalls.open(path, Syscalls.O_RDONLY | Syscalls.O_CLOEXEC), $"open {path}"));

    // A thread that is begun in another network stays there, and the thread pool may begin one for whoever has work for it.
    private void Answer(Action answer)
    {
        if (answers is null)
            answer();
        else
            answers.Add(answer);
    }

    private void Deliver()
    {
        foreach (var answer in answers!.GetConsumingEnumerable())
            answer();
    }

    private void Travel()
    {
        if (LivesAbroad)
            LinuxException.ThrowIfFailed(Syscalls.unshare(Syscalls.CLONE_NEWNET), "unshare");
        using var home = Open($"/proc/thread-self/ns/{(kind == Syscalls.CLONE_NEWNS ? "mnt" : "net")}");
        foreach (var errand in errands.GetConsumingEnumerable())
            errand(home);
    }
}
