using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Thaw.DotnetRuntime;

/// <summary>
/// Where log events go: to standard output by lines, or framed to the descriptor of <c>_LAMBDA_TELEMETRY_LOG_FD</c>; as text or as JSON.
/// Spec: 5.2, 5.4.
/// </summary>
internal sealed class Log
{
    public const string Information = "Information", Error = "Error";

    private const string Descriptor = "_LAMBDA_TELEMETRY_LOG_FD";

    // By rank: the name, what text shows for it, and what AWS_LAMBDA_LOG_LEVEL calls it.
    private static readonly (string Name, string Short, string Setting)[] Levels =
    [
        ("Trace", "trce", "TRACE"), ("Debug", "dbug", "DEBUG"), (Information, "info", "INFO"), ("Warning", "warn", "WARN"),
        (Error, "fail", "ERROR"), ("Critical", "crit", "FATAL"),
    ];

    private readonly Lock writing = new();
    private readonly TextWriter lines;
    private readonly FileStream? frames;
    private readonly bool isJson;
    private readonly int lowest;

    private Log(TextWriter lines, FileStream? frames, bool isJson, int lowest) =>
        (this.lines, this.frames, this.isJson, this.lowest) = (lines, frames, isJson, lowest);

    /// <summary>The invocation to which what follows belongs.</summary>
    public string? RequestId { get; set; }

    /// <summary>Takes over the console: what a function prints there is a log event, too.</summary>
    public static Log OfThisProcess()
    {
        var isJson = "JSON".Equals(Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_FORMAT"), StringComparison.OrdinalIgnoreCase);
        var setting = Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_LEVEL");
        var lowest = Array.FindIndex(Levels, level => level.Setting.Equals(setting, StringComparison.OrdinalIgnoreCase));
        FileStream? frames = null;
        if (int.TryParse(Environment.GetEnvironmentVariable(Descriptor), CultureInfo.InvariantCulture, out var descriptor))
        {
            Environment.SetEnvironmentVariable(Descriptor, null);
            frames = OwnDescriptor(descriptor);
        }

        var log = new Log(Console.Out, frames, isJson, lowest < 0 ? Rank(Information) : lowest);
        Console.SetOut(new ConsoleLog(log, Information, Console.Out));
        Console.SetError(new ConsoleLog(log, Error, Console.Error));
        return log;
    }

    /// <summary>What is written there, nobody reads.</summary>
    public static Log ToNobody() => new(TextWriter.Null, null, isJson: false, lowest: int.MaxValue);

    /// <summary>An error that the function did not catch. Of a handler that cannot be used, only the message is of interest.</summary>
    public void Write(Exception error)
    {
        if (error is LambdaValidationException)
            Write(Error, null, error.Message);
        else
            Write(Error, error, "");
    }

    /// <param name="level">Null: none, which no setting silences.</param>
    /// <param name="error">What happened, if anything.</param>
    /// <param name="message">With names in braces for the arguments.</param>
    /// <param name="arguments">In the order of the names.</param>
    public void Write(string? level, Exception? error, string? message, params object?[] arguments)
    {
        var rank = level is null ? -1 : Rank(level);
        if (rank >= 0 && rank < lowest)
            return;
        var said = new MessageTemplate(message ?? "", arguments);
        var now = DateTimeOffset.UtcNow;
        var text = isJson
            ? JsonEvent.Of(now, rank < 0 ? Information : Levels[rank].Name, RequestId, said, error)
            : TextEvent(now, rank < 0 ? level : Levels[rank].Short, said, error);
        lock (writing)
        {
            if (frames is null)
                lines.WriteLine(text);
            else
                frames.Write(Frame(now, rank, text));
        }
    }

    // Children would inherit the descriptor that we were given, and none that we open. A wrapper may have closed it.
    private static FileStream? OwnDescriptor(int given)
    {
        try
        {
            var own = new FileStream($"/proc/self/fd/{given}", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            new SafeFileHandle(given, ownsHandle: true).Dispose();
            return own;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int Rank(string level) =>
        Array.FindIndex(Levels, known => known.Name.Equals(level, StringComparison.OrdinalIgnoreCase));

    private string TextEvent(DateTimeOffset now, string? level, MessageTemplate said, Exception? error)
    {
        var time = now.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var text = said.Text + (error is not null && said.Text.Length > 0 ? "\n" : "") + error;
        return level is null ? $"{time}\t{RequestId}\t{text}" : $"{time}\t{RequestId}\t{level}\t{text}";
    }

    private byte[] Frame(DateTimeOffset now, int rank, string text)
    {
        const uint Kind = 0xA55A0002;
        const int HeadBytes = 16;
        var frame = new byte[HeadBytes + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteUInt32BigEndian(frame, Kind | (isJson ? 0u : 1u) | ((uint)(rank + 1) << 2));
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), frame.Length - HeadBytes);
        BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(8), (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        Encoding.UTF8.GetBytes(text, frame.AsSpan(HeadBytes));
        return frame;
    }
}
