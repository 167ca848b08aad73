using System.Runtime.InteropServices;
using Thaw.Linux;

namespace Thaw.Sandboxing.Cgroups;

/// <summary>
/// Waits for a group of version 2 to stand still: its <c>cgroup.events</c> says <c>frozen 1</c>, and the kernel tells whoever polls for
/// POLLPRI when it has something new to say. One thread waits for all groups; while none is freezing, it sleeps.
/// </summary>
internal sealed unsafe class Standstill
{
    private static readonly Lock Gate = new();
    private static readonly List<Standstill> Waiting = [];
    private static FileDescriptor? wake;

    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FileDescriptor events;

    private Standstill(FileDescriptor events) => this.events = events;

    /// <summary>Completes when the group stands still, is gone, or nobody cares any more. Never fails.</summary>
    public Task Reached => reached.Task;

    /// <summary>Begins to wait; null when there is nothing to wait for.</summary>
    public static Standstill? Of(string group)
    {
        var fd = Syscalls.open(Path.Combine(group, "cgroup.events"), Syscalls.O_RDONLY | Syscalls.O_CLOEXEC);
        if (fd < 0)
            return null;

        var standstill = new Standstill(new FileDescriptor(fd));
        if (standstill.IsReached())
        {
            standstill.events.Dispose();
            return null;
        }

        lock (Gate)
        {
            Waiting.Add(standstill);
            Wake();
        }

        return standstill;
    }

    public void GiveUp()
    {
        lock (Gate)
        {
            if (!Waiting.Contains(this))
                return;

            // Its descriptor is the thread's to close: it may just be polling it.
            reached.TrySetResult();
            Wake();
        }
    }

    private static void Wake()
    {
        if (wake is null)
        {
            wake = FileDescriptor.Event();
            new Thread(WaitForAll) { IsBackground = true, Name = "thaw freezer" }.Start();
        }

        var one = 1L;
        _ = Syscalls.write(wake.Number, (byte*)&one, sizeof(long));
    }

    private static void WaitForAll()
    {
        while (true)
        {
            Syscalls.pollfd[] polled;
            lock (Gate)
            {
                Waiting.RemoveAll(IsOver);
                polled =
                [
                    new() { fd = wake!.Number, events = Syscalls.POLLIN },
                    .. Waiting.Select(each => new Syscalls.pollfd { fd = each.events.Number, events = Syscalls.POLLPRI }),
                ];
            }

            fixed (Syscalls.pollfd* first = polled)
                _ = Syscalls.poll(first, (nuint)polled.Length, timeoutMilliseconds: -1);

            // Takes all wakes there were; nobody must lose one, so this comes before the next look.
            long count;
            if (polled[0].revents != 0)
                _ = Syscalls.read(wake.Number, (byte*)&count, sizeof(long));
        }
    }

    private static bool IsOver(Standstill standstill)
    {
        if (!standstill.reached.Task.IsCompleted && !standstill.IsReached())
            return false;
        standstill.events.Dispose();
        standstill.reached.TrySetResult();
        return true;
    }

    // A group that is gone has nothing to say, and moves no more.
    private bool IsReached()
    {
        Span<byte> text = stackalloc byte[128];
        fixed (byte* start = text)
        {
            var count = Syscalls.pread(events.Number, start, (nuint)text.Length, 0);
            return count < 0 ? Marshal.GetLastPInvokeError() == Errno.ENODEV : IsFrozen(text[..(int)count]);
        }
    }

    internal static bool IsFrozen(ReadOnlySpan<byte> events) => events.IndexOf("frozen 1"u8) >= 0;
}
