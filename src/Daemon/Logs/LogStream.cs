using System.Text;
using Thaw.Contracts;
using Thaw.Telemetry.Lines;

namespace Thaw.Daemon.Logs;

/// <summary>
/// The log of one environment, to write to. Callable from several threads; nothing here waits for the disk but who asks to.
/// </summary>
internal sealed class LogStream(LogGroupFile group, int number) : ILogEntries
{
    public int Number => number;

    /// <summary>The one at work; null for none. Belongs to the group's lock.</summary>
    public string? Request { get; set; }

    public void Add(in LogEntry entry) => group.Add(this, entry);

    public void AddLines(in LogEntry lines) => group.AddLines(this, lines);

    public void RequestBegan(RequestId request)
    {
        Span<byte> id = stackalloc byte[256];
        if (Encoding.UTF8.TryGetBytes(request.Value, id, out var length))
            group.Mark(this, request.Value, id[..length]);
    }

    public void RequestEnded() => group.Mark(this, null, []);

    /// <inheritdoc cref="ILifecycleEvents.RoomAsync"/>
    public ValueTask RoomAsync() => group.RoomAsync();

    /// <summary>Nothing more will come.</summary>
    public void Close() => group.Close(this);
}
