using System.Text;
using Thaw.Sandboxing;

namespace Thaw.SystemTests.Sandboxing;

/// <summary>Keeps all that a process writes.</summary>
internal sealed class Collected : IProcessOutput
{
    private readonly List<byte> stdout = [], stderr = [], extra = [];
    private readonly Lock gate = new();

    /// <summary>Bytes of standard output and error.</summary>
    internal int Count
    {
        get
        {
            lock (gate)
                return stdout.Count + stderr.Count;
        }
    }

    internal byte[] StdoutBytes => Copy(stdout);

    internal string Stdout => Encoding.UTF8.GetString(Copy(stdout));

    internal string Stderr => Encoding.UTF8.GetString(Copy(stderr));

    internal string Extra => Encoding.UTF8.GetString(Copy(extra));

    internal string[] Lines => Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        lock (gate)
            (stream switch { OutputStream.Stdout => stdout, OutputStream.Stderr => stderr, _ => extra }).AddRange(bytes);
    }

    private byte[] Copy(List<byte> bytes)
    {
        lock (gate)
            return [.. bytes];
    }
}
