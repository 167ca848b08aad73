using System.Globalization;
using System.Text;
using System.Text.Json;
using Thaw.Cli.CommandLine;
using Thaw.Contracts;

namespace Thaw.Cli.Run;

/// <summary>Fetches the event and makes sure that it is JSON. The bytes stay as they are: a function sees what its caller wrote.</summary>
public static class EventReader
{
    /// <summary>Functions pass deeply nested events; only a stack must be kept from overflowing.</summary>
    private const int MaxDepth = 1_000;

    /// <summary>What can be sent, and a byte order mark.</summary>
    private const int MaxBytes = Limits.BufferedPayloadBytes + 3;

    /// <param name="option">The one that the event comes by, for messages.</param>
    public static async Task<Outcome<ReadOnlyMemory<byte>>> ReadAsync(
        EventSource source, Stream standardInput, CancellationToken stop, string option = "--event")
    {
        try
        {
            return source switch
            {
                EventSource.Inline inline => Checked(Encoding.UTF8.GetBytes(inline.Json), "the event", option),
                EventSource.File file => Checked(await ReadFileAsync(file.Path, stop), $"the event in {file.Path}", option),
                _ => Checked(await ReadAsync(standardInput, stop), "the event on standard input", option),
            };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Outcome<ReadOnlyMemory<byte>>.Unusable($"the event cannot be read: {failure.Message}");
        }
    }

    private static Outcome<ReadOnlyMemory<byte>> Checked(ReadOnlyMemory<byte> bytes, string what, string option)
    {
        // Editors on Windows put a byte order mark in front; JSON has none.
        if (bytes.Span.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        if (bytes.Length > Limits.BufferedPayloadBytes)
        {
            return Outcome<ReadOnlyMemory<byte>>.Unusable(
                string.Create(CultureInfo.InvariantCulture,
                    $"{what} is too large; at most {Limits.BufferedPayloadBytes} bytes can be sent"));
        }

        try
        {
            var reader = new Utf8JsonReader(bytes.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
            while (reader.Read())
            {
            }

            return new(bytes);
        }
        catch (JsonException broken)
        {
            var column = (broken.BytePositionInLine ?? 0) + 1;
            return Outcome<ReadOnlyMemory<byte>>.Unusable(string.Create(CultureInfo.InvariantCulture,
                $"{what} is not JSON (line {(broken.LineNumber ?? 0) + 1}, column {column}); " +
                $"for example {option} '{{\"name\":\"Ada\"}}' or {option} @event.json"));
        }
    }

    private static async Task<byte[]> ReadFileAsync(string path, CancellationToken stop)
    {
        await using var file = File.OpenRead(path);
        return await ReadAsync(file, stop);
    }

    // Not to the end: a device or a forgotten pipe may have none.
    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken stop)
    {
        using var all = new MemoryStream();
        var part = new byte[64 * 1024];
        while (all.Length <= MaxBytes && await stream.ReadAsync(part, stop) is var count and > 0)
            all.Write(part, 0, count);
        return all.ToArray();
    }
}
