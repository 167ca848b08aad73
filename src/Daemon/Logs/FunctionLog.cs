using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Thaw.Contracts;

namespace Thaw.Daemon.Logs;

/// <summary>
/// Shows whoever watches the daemon what its functions write, and the platform's lines of what failed, each behind the function's name.
/// When the watcher is slow the lines are dropped, and their number is told: no function waits for a terminal.
/// </summary>
internal sealed class FunctionLog : IAsyncDisposable
{
    /// <summary>How long the end waits for a slow watcher.</summary>
    private static readonly TimeSpan LastLines = TimeSpan.FromSeconds(1);

    /// <summary>Between two writes lines may come together for so long, or until they are so many bytes.</summary>
    private static readonly TimeSpan BetweenWrites = TimeSpan.FromMilliseconds(10);

    private const int ManyBytes = 128 * 1024;

    private readonly Lock gate = new();
    private readonly SemaphoreSlim filled = new(0, 1), many = new(0, 1);
    private readonly Stream watcher;
    private readonly Task writing;
    private ArrayBufferWriter<byte> waiting = new(), spare = new();
    private long dropped;
    private bool hasEnded;

    /// <param name="watcher">Gets UTF-8.</param>
    public FunctionLog(Stream watcher)
    {
        this.watcher = watcher;
        writing = Task.Run(WriteAsync);
    }

    /// <param name="source">The function's name, and a colon and a space.</param>
    /// <param name="message">One event of its log, of one line or several.</param>
    public void Write(ReadOnlySpan<byte> source, ReadOnlySpan<byte> message)
    {
        message = message is [.. var line, (byte)'\n'] ? line : message;
        lock (gate)
        {
            Add(source, message);
            Wake();
        }
    }

    /// <summary>Several events of its log.</summary>
    /// <param name="lines">One in each line; a newline between two.</param>
    public void WriteLines(ReadOnlySpan<byte> source, ReadOnlySpan<byte> lines)
    {
        lock (gate)
        {
            // Room for all of them at once, if there is so much, makes each a plain copy.
            var size = lines.Length + 1 + ((lines.Count((byte)'\n') + 1) * source.Length);
            if (waiting.WrittenCount + size <= Limits.WatchedBytes)
                _ = waiting.GetSpan(size);
            for (int newline; (newline = lines.IndexOf((byte)'\n')) >= 0; lines = lines[(newline + 1)..])
                Add(source, lines[..newline]);
            Add(source, lines);
            Wake();
        }
    }

    /// <summary>One line of the daemon's own.</summary>
    public void Notice(string text) => Write("thaw: "u8, Encoding.UTF8.GetBytes(text));

    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            hasEnded = true;
            Wake();
        }

        try
        {
            await writing.WaitAsync(LastLines);
        }
        catch (TimeoutException)
        {
            // Whoever should read has stopped.
        }
    }

    private void Add(ReadOnlySpan<byte> source, ReadOnlySpan<byte> message)
    {
        var size = source.Length + message.Length + 1;
        if (waiting.WrittenCount + size > Limits.WatchedBytes)
        {
            dropped++;
            return;
        }

        var room = waiting.GetSpan(size);
        source.CopyTo(room);
        message.CopyTo(room[source.Length..]);
        room[size - 1] = (byte)'\n';
        waiting.Advance(size);
    }

    private void Wake()
    {
        if (filled.CurrentCount == 0)
            filled.Release();
        if ((hasEnded || waiting.WrittenCount >= ManyBytes) && many.CurrentCount == 0)
            many.Release();
    }

    private async Task WriteAsync()
    {
        try
        {
            while (await NextAsync() is var (text, lost))
            {
                await ShowAsync(text.WrittenMemory);
                if (lost > 0)
                    await ShowAsync(Notice(lost));
                if (text.WrittenCount < ManyBytes && text.Capacity > 2 * Limits.LogLineBytes)
                    spare = new();
                else
                    text.ResetWrittenCount();
                await many.WaitAsync(BetweenWrites);
            }
        }
        catch (IOException)
        {
            // Nobody watches any more. Functions go on.
        }
    }

    // Null at the end.
    private async ValueTask<(ArrayBufferWriter<byte> Text, long Lost)?> NextAsync()
    {
        while (true)
        {
            await filled.WaitAsync();
            lock (gate)
            {
                if (waiting.WrittenCount > 0)
                {
                    (waiting, spare) = (spare, waiting);
                    var lost = dropped;
                    dropped = 0;
                    if (hasEnded)
                        Wake();
                    return (spare, lost);
                }

                if (hasEnded)
                    return null;
            }
        }
    }

    private static byte[] Notice(long lost) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"thaw: {lost} lines of functions were dropped: this terminal was too slow\n"));

    private ValueTask ShowAsync(ReadOnlyMemory<byte> text) =>
        Utf8.IsValid(text.Span) ? watcher.WriteAsync(text) : new(ShowRepairedAsync(text));

    private async Task ShowRepairedAsync(ReadOnlyMemory<byte> text)
    {
        const int PieceBytes = 64 * 1024;
        var decoder = Encoding.UTF8.GetDecoder();
        var letters = new char[Encoding.UTF8.GetMaxCharCount(PieceBytes)];
        for (; !text.IsEmpty; text = text[Math.Min(text.Length, PieceBytes)..])
        {
            var piece = text[..Math.Min(text.Length, PieceBytes)];
            var count = decoder.GetChars(piece.Span, letters, flush: piece.Length == text.Length);
            await watcher.WriteAsync(Encoding.UTF8.GetBytes(letters, 0, count));
        }
    }
}
