using System.Text;
using Thaw.Contracts;
using Thaw.Telemetry.Lines;

namespace Thaw.Daemon.Logs;

/// <summary>
/// The log of one environment. Each event becomes the entries that its function's settings ask for, once, and these go
///
///   always -----------------------> to its stream in the store
///   while a caller wants a tail --> there
///   output and failures ----------> to whoever watches the daemon
/// </summary>
internal sealed class EnvironmentLog : ILifecycleEvents
{
    private readonly LogFormatter formatter;
    private readonly LogStream stream;
    private readonly LogTails tails;
    private readonly Entries shown, kept;

    // Output comes on threads of its own, so this is read once in each call.
    private volatile LogTail? tail;

    public EnvironmentLog(EnvironmentIdentity identity, LogStream stream, LogTails tails, FunctionLog watched)
    {
        (this.stream, this.tails) = (stream, tails);
        formatter = new LogFormatter(identity);
        kept = new Entries(this, null, []);
        shown = new Entries(this, watched, Encoding.UTF8.GetBytes(identity.Function.Name + ": "));
    }

    public void Emit(LifecycleEvent happened)
    {
        switch (happened)
        {
            case PhaseStarted { Phase: Phase.Invoke, InvocationId: { } invocation, RequestId: { } request }:
                tail = tails.Of(invocation);
                stream.RequestBegan(request);
                return;
            case OutputLines or LogFrame:
                formatter.Write(happened, shown);
                return;
            case PlatformEvent:
                formatter.Write(happened, IsFailure(happened) ? shown : kept);
                if (happened is InvokeReport)
                {
                    tail = null;
                    stream.RequestEnded();
                }

                return;
            case EnvironmentEnded:
                stream.Close();
                return;
        }
    }

    public ValueTask RoomAsync() => stream.RoomAsync();

    private static bool IsFailure(LifecycleEvent happened) => happened is
        InvokeReport { Status: not PhaseStatus.Success } or InitReport { Status: not PhaseStatus.Success }
        or RestoreReport { Status: not PhaseStatus.Success } or ExtensionReport { ErrorType: not null } or InvokeFault
        or ImageFault;

    private sealed class Entries(EnvironmentLog log, FunctionLog? watched, byte[] source) : ILogEntries
    {
        public void Add(in LogEntry entry)
        {
            log.stream.Add(entry);
            log.tail?.Add(entry.Message);
            watched?.Write(source, entry.Message);
        }

        public void AddLines(in LogEntry lines)
        {
            log.stream.AddLines(lines);
            log.tail?.AddLines(lines.Message);
            watched?.WriteLines(source, lines.Message);
        }
    }
}
