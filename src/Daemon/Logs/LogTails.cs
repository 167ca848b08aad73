using System.Collections.Concurrent;
using Thaw.Contracts;

namespace Thaw.Daemon.Logs;

/// <summary>The invocations whose callers want the end of the log. While there is none, an invocation's events cost nothing.</summary>
internal sealed class LogTails
{
    private readonly ConcurrentDictionary<InvocationId, LogTail> wanted = new();
    private int count;

    /// <summary>Whether anybody wants one.</summary>
    public bool AreWanted => Volatile.Read(ref count) > 0;

    /// <summary>Begins to collect.</summary>
    public LogTail Want(InvocationId invocation)
    {
        var tail = new LogTail();
        wanted[invocation] = tail;
        Interlocked.Increment(ref count);
        return tail;
    }

    public void Forget(InvocationId invocation)
    {
        wanted.TryRemove(invocation, out _);
        Interlocked.Decrement(ref count);
    }

    /// <summary>Null when nobody wants this one's.</summary>
    public LogTail? Of(InvocationId invocation) => AreWanted ? wanted.GetValueOrDefault(invocation) : null;
}
