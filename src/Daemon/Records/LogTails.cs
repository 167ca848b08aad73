using System.Collections.Concurrent;
using Thaw.Contracts;

namespace Thaw.Daemon.Records;

/// <summary>The invocations whose callers want the end of the log. While there is none, an invocation's events cost nothing.</summary>
internal sealed class LogTails
{
    private readonly ConcurrentDictionary<RequestId, LogTail> wanted = new();
    private int count;

    /// <summary>Begins to collect. Of two callers with the same request id at the same time, both see the log of the later one.</summary>
    public LogTail Want(RequestId requestId)
    {
        var tail = new LogTail();
        wanted[requestId] = tail;
        Interlocked.Increment(ref count);
        return tail;
    }

    public void Forget(RequestId requestId)
    {
        wanted.TryRemove(requestId, out _);
        Interlocked.Decrement(ref count);
    }

    /// <summary>Null when nobody wants this one's.</summary>
    public LogTail? Of(RequestId requestId) => Volatile.Read(ref count) > 0 ? wanted.GetValueOrDefault(requestId) : null;
}
