using System.Globalization;
using System.Text;

namespace Thaw.Telemetry.Subscriptions;

/// <summary>What a listener answered. Its body is read, because a listener may mind when it is not, and forgotten.</summary>
/// <param name="KeepsConnection">Another request may follow on the same connection.</param>
internal readonly record struct HttpListenerAnswer(int Status, bool KeepsConnection)
{
    private const string HeadEnd = "\r\n\r\n";

    /// <summary>Reads one answer, of at most the buffer's size; of a longer one only its head counts.</summary>
    /// <exception cref="IOException">The connection ended before the answer did, or what came is no HTTP.</exception>
    public static async Task<HttpListenerAnswer> ReadAsync(Stream from, byte[] buffer, CancellationToken giveUp)
    {
        var filled = 0;
        while (true)
        {
            int headLength;
            while ((headLength = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
                filled = await ReadMoreAsync(from, buffer, filled, giveUp);

            var head = Head.Parse(Encoding.ASCII.GetString(buffer, 0, headLength));
            var bodyStart = headLength + HeadEnd.Length;
            if (head.Status is >= 200 or < 100)
                return await ReadBodyAsync(head, from, buffer, bodyStart, filled, giveUp);

            // 100 Continue and the like: the answer is yet to come.
            buffer.AsSpan(bodyStart, filled - bodyStart).CopyTo(buffer);
            filled -= bodyStart;
        }
    }

    private static async Task<HttpListenerAnswer> ReadBodyAsync(
        Head head, Stream from, byte[] buffer, int start, int filled, CancellationToken giveUp)
    {
        var end = head.HasNoBody ? start : head.Length is { } length ? start + length : long.MaxValue;
        while (filled < end && !(head.IsChunked && buffer.AsSpan(start, filled - start).EndsWith("0\r\n\r\n"u8)))
        {
            if (filled == buffer.Length)
                return new HttpListenerAnswer(head.Status, KeepsConnection: false);
            var read = await from.ReadAsync(buffer.AsMemory(filled), giveUp);
            if (read == 0)
            {
                return !head.IsChunked && head.Length is null
                    ? new HttpListenerAnswer(head.Status, KeepsConnection: false)
                    : throw new IOException("The listener closed its answer's connection too early.");
            }

            filled += read;
        }

        return new HttpListenerAnswer(head.Status, head.KeepsConnection && (head.IsChunked || filled == end));
    }

    private static async Task<int> ReadMoreAsync(Stream from, byte[] buffer, int filled, CancellationToken giveUp)
    {
        if (filled == buffer.Length)
            throw new IOException("The head of a listener's answer has no end.");
        var read = await from.ReadAsync(buffer.AsMemory(filled), giveUp);
        return read > 0 ? filled + read : throw new IOException("The listener closed the connection without an answer.");
    }

    private sealed record Head(int Status, long? Length, bool IsChunked, bool KeepsConnection)
    {
        public bool HasNoBody => Status is 204 or 304;

        public static Head Parse(string text)
        {
            var lines = text.Split("\r\n");
            var words = lines[0].Split(' ', 3);
            var isHttp = words is [var version, { Length: 3 }, ..] && version.StartsWith("HTTP/1.", StringComparison.Ordinal);
            if (!isHttp || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status))
                throw new IOException("The listener does not speak HTTP.");

            long? length = null;
            var (isChunked, keeps) = (false, words[0] == "HTTP/1.1");
            foreach (var line in lines.Skip(1))
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                var (name, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..].Trim());
                if (Is(name, "Content-Length"))
                    length = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
                else if (Is(name, "Transfer-Encoding"))
                    isChunked |= value.EndsWith("chunked", StringComparison.OrdinalIgnoreCase);
                else if (Is(name, "Connection"))
                    keeps &= !Is(value, "close");
            }

            return new Head(status, isChunked ? null : length, isChunked, keeps);
        }

        private static bool Is(string text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
    }
}
