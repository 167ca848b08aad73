using System.Text;
using System.Threading.Channels;
using Thaw.Contracts;
using Thaw.Telemetry.Lines;

namespace Thaw.Daemon.Records;

/// <summary>
/// Shows whoever watches the daemon what its functions write, and the platform's lines of what failed, each behind the function's name.
/// When the watcher is slow the lines are dropped, and their number is told: no function waits for a terminal.
/// </summary>
internal sealed class FunctionLog : IAsyncDisposable
{
    private const int BoundLines = 10_000, BoundBytes = 16 * 1024 * 1024;

    /// <summary>How long the end waits for a slow watcher.</summary>
    private static readonly TimeSpan LastLines = TimeSpan.FromSeconds(1);

    private readonly Channel<string> lines = Channel.CreateBounded<string>(BoundLines);
    private readonly TextWriter watcher;
    private readonly Task writing;
    private long waitingBytes, dropped;

    public FunctionLog(TextWriter watcher)
    {
        this.watcher = watcher;
        writing = Task.Run(WriteAsync);
    }

    public void Write(string function, LifecycleEvent happened)
    {
        switch (happened)
        {
            case OutputLines output:
                foreach (var line in output)
                    Add(function, Encoding.UTF8.GetString(line));
                break;
            case LogFrame frame:
                foreach (var line in new OutputLines(frame.Participant, frame.Message))
                    Add(function, Encoding.UTF8.GetString(line));
                break;
            case InvokeReport { Status: not PhaseStatus.Success } or InitReport { Status: not PhaseStatus.Success }
                or RestoreReport { Status: not PhaseStatus.Success } or ExtensionReport { ErrorType: not null }:
                foreach (var line in PlatformLines.LinesOf((PlatformEvent)happened))
                    Add(function, line);
                break;
        }
    }

    /// <summary>One line of the daemon's own.</summary>
    public void Notice(string text) => Add("thaw", text);

    public async ValueTask DisposeAsync()
    {
        lines.Writer.TryComplete();
        try
        {
            await writing.WaitAsync(LastLines);
        }
        catch (TimeoutException)
        {
            // Whoever should read has stopped.
        }
    }

    private void Add(string source, string text)
    {
        var line = $"{source}: {text}";
        if (Interlocked.Add(ref waitingBytes, line.Length) <= BoundBytes && lines.Writer.TryWrite(line))
            return;
        Interlocked.Add(ref waitingBytes, -line.Length);
        Interlocked.Increment(ref dropped);
    }

    private async Task WriteAsync()
    {
        try
        {
            while (await lines.Reader.WaitToReadAsync())
            {
                while (lines.Reader.TryRead(out var line))
                {
                    Interlocked.Add(ref waitingBytes, -line.Length);
                    await watcher.WriteLineAsync(line);
                    if (Interlocked.Exchange(ref dropped, 0) is var lost and > 0)
                        await watcher.WriteLineAsync($"thaw: {lost} lines of functions were dropped: this terminal was too slow");
                }
            }
        }
        catch (IOException)
        {
            // Nobody watches any more. Functions go on.
        }
    }
}
