using System.Buffers;

namespace Thaw.EnvironmentApis.Lane;

/// <summary>The lines at the front of what was received, each ended by CR and LF.</summary>
public ref struct HeadLines(ReadOnlySpan<byte> received)
{
    // Visible ASCII, space and tab.
    private static readonly SearchValues<byte> Text =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Append('\t').Select(code => (byte)code)]);

    private readonly ReadOnlySpan<byte> received = received;

    public int BytesRead { get; private set; }

    /// <summary>The rest, which is no whole line, may become one. Kestrel refuses some before they end, so there is no waiting.</summary>
    public readonly bool CanGoOn
    {
        get
        {
            var rest = received[BytesRead..];
            return !(rest is [.., (byte)'\r'] ? rest[..^1] : rest).ContainsAnyExcept(Text);
        }
    }

    public static bool IsText(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExcept(Text);

    public bool TryNext(out ReadOnlySpan<byte> line)
    {
        line = default;
        var rest = received[BytesRead..];
        var end = rest.IndexOf("\r\n"u8);
        if (end < 0)
            return false;
        line = rest[..end];
        BytesRead += end + 2;
        return true;
    }
}
