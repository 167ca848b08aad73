using System.Text;

namespace Thaw.SystemTests.Runs;

/// <summary>Keeps what a process writes.</summary>
internal sealed class Sink
{
    private readonly MemoryStream kept = new();
    private readonly Task reading;

    public Sink(Stream stream) => reading = ReadAsync(stream);

    public string SoFar
    {
        get
        {
            lock (kept)
                return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
        }
    }

    /// <summary>Waits until everybody who could write has closed.</summary>
    public async Task<byte[]> AllAsync(TimeSpan patience)
    {
        await reading.WaitAsync(patience);
        return kept.ToArray();
    }

    private async Task ReadAsync(Stream stream)
    {
        var buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer) is var count and > 0)
        {
            lock (kept)
                kept.Write(buffer, 0, count);
        }
    }
}
