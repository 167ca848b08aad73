using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Thaw.Contracts;

namespace Thaw.Daemon.Logs;

/// <summary>
/// Shows whoever watches the daemon what its functions write, and the platform's lines of what failed, each behind the function's name.
/// In a flood whoever brings output waits a moment for a watcher that reads. One that does not is waited for no more: lines are dropped,
/// and their number is told.
/// </summary>
internal sealed class FunctionLog : IAsyncDisposable
{
    /// <summary>How long the end waits for a slow watcher.</summary>
    private static readonly TimeSpan LastLines = TimeSpan.FromSeconds(1);

    /// <summary>Between two writes lines may come together for so long, or until they are so many bytes.</summary>
    private static readonly TimeSpan BetweenWrites = TimeSpan.FromMilliseconds(10);

    private const int ManyBytes = 128 * 1024;

    /// <summary>With so much waiting, in bytes, whoever brings more is to wait, for so long at most.</summary>
    private const int RoomBytes = 512 * 1024;

    private static readonly TimeSpan RoomDelay = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly SemaphoreSlim filled = new(0, 1), many = new(0, 1);
    private readonly Stream watcher;
    private readonly TimeProvider time;
    private readonly Task writing;
    private readonly TextBlocks waiting = new(Limits.WatchedBytes);
    private long dropped;
    private TaskCompletionSource? room;
    private bool hasEnded;
    private volatile bool isStuck;

    /// <param name="watcher">Gets UTF-8.</param>
    public FunctionLog(Stream watcher, TimeProvider time)
    {
        (this.watcher, this.time) = (watcher, time);
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
            for (int newline; (newline = lines.IndexOf((byte)'\n')) >= 0; lines = lines[(newline + 1)..])
                Add(source, lines[..newline]);
            Add(source, lines);
            Wake();
        }
    }

    /// <inheritdoc cref="ILifecycleEvents.RoomAsync"/>
    public ValueTask RoomAsync()
    {
        if (waiting.Bytes < RoomBytes || isStuck)
            return ValueTask.CompletedTask;
        lock (gate)
        {
            if (waiting.Bytes < RoomBytes)
                return ValueTask.CompletedTask;
            room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new(WithPatienceAsync(room.Task));
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

    private async Task WithPatienceAsync(Task emptied)
    {
        try
        {
            await emptied.WaitAsync(RoomDelay, time);
        }
        catch (TimeoutException)
        {
            isStuck = true;
        }
    }

    private void Add(ReadOnlySpan<byte> source, ReadOnlySpan<byte> message)
    {
        var size = source.Length + message.Length + 1;
        if (!waiting.TryAdd(size, out var room))
        {
            dropped++;
            return;
        }

        source.CopyTo(room);
        message.CopyTo(room[source.Length..]);
        room[^1] = (byte)'\n';
    }

    private void Wake()
    {
        if (filled.CurrentCount == 0)
            filled.Release();
        if ((hasEnded || waiting.Bytes >= ManyBytes) && many.CurrentCount == 0)
            many.Release();
    }

    private async Task WriteAsync()
    {
        var text = new List<TextBlock>();
        try
        {
            while (await NextAsync(text) is var (next, lost))
            {
                text = next;
                foreach (var block in text)
                    await ShowAsync(block.Written);
                if (lost > 0)
                    await ShowAsync(Notice(lost));
                await many.WaitAsync(BetweenWrites);
            }
        }
        catch (IOException)
        {
            // Nobody watches any more. Functions go on.
        }
    }

    // Null at the end.
    private async ValueTask<(List<TextBlock> Text, long Lost)?> NextAsync(List<TextBlock> shown)
    {
        while (true)
        {
            await filled.WaitAsync();
            lock (gate)
            {
                if (waiting.Bytes > 0)
                {
                    var lost = dropped;
                    dropped = 0;
                    if (hasEnded)
                        Wake();
                    isStuck = false;
                    room?.SetResult();
                    room = null;
                    return (waiting.TakeAll(shown), lost);
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
