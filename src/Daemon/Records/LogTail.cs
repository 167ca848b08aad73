using System.Text;
using Thaw.Contracts;
using Thaw.Telemetry.Lines;

namespace Thaw.Daemon.Records;

/// <summary>The last bytes that one invocation wrote to its log, platform's lines included; spec (service) 9.5.</summary>
internal sealed class LogTail : ILifecycleEvents
{
    private const int MaxBytes = 4096;

    private readonly Lock oneAtATime = new();
    private readonly Queue<byte[]> lines = [];
    private int bytes;

    public void Emit(LifecycleEvent happened)
    {
        switch (happened)
        {
            case PlatformEvent platform:
                foreach (var line in PlatformLines.LinesOf(platform))
                    Add(Encoding.UTF8.GetBytes(line));
                break;
            case OutputLines output:
                foreach (var line in output)
                    Add(line);
                break;
            case LogFrame frame:
                Add(frame.Message.Span);
                break;
        }
    }

    public string ToBase64()
    {
        lock (oneAtATime)
        {
            var whole = lines.SelectMany(line => line).ToArray();
            return Convert.ToBase64String(whole.AsSpan(Math.Max(0, whole.Length - MaxBytes)));
        }
    }

    private void Add(ReadOnlySpan<byte> line)
    {
        // Of a line that is longer than the tail, only its end can be seen.
        byte[] kept = [.. line[Math.Max(0, line.Length - MaxBytes)..], (byte)'\n'];
        lock (oneAtATime)
        {
            lines.Enqueue(kept);
            bytes += kept.Length;
            while (bytes - lines.Peek().Length >= MaxBytes)
                bytes -= lines.Dequeue().Length;
        }
    }
}
