using System.Globalization;

namespace Thaw.Daemon.Logs;

/// <summary>
/// One file of a group. A group's entries are one long stream of bytes, cut into segments; an entry's position in it never changes.
/// </summary>
/// <param name="first">The position of its first byte.</param>
internal sealed class Segment(string path, long first, long length)
{
    private const string Extension = ".seg";

    private const int BytesBetweenMarks = 64 * 1024;

    private volatile int[] marks = [0];
    private long length = length;

    public string Path => path;

    public long First => first;

    /// <summary>The whole entries in it, in bytes. Grows while it is the last one.</summary>
    public long Length => Volatile.Read(ref length);

    public long End => first + Length;

    /// <summary>
    /// Where some of its entries begin, the first one too, for those who do not read from there; in order. What was written by an earlier
    /// daemon has no others.
    /// </summary>
    public IReadOnlyList<int> Marks => marks;

    /// <summary>Of its entries, in milliseconds since 1970; of a file from earlier it is not known, and any time.</summary>
    public long FirstTime { get; private set; } = length > 0 ? long.MinValue : long.MaxValue;

    public long LastTime { get; private set; } = length > 0 ? long.MaxValue : long.MinValue;

    /// <summary>What its streams have in it, once somebody asked and nothing can change any more.</summary>
    public IReadOnlyDictionary<int, StreamShare>? Shares { get; set; }

    public static Segment New(string folder, long first) => new(PathOf(folder, first), first, 0);

    /// <summary>The segments that lie in a folder, in order.</summary>
    public static Segment[] In(string folder) => Directory.Exists(folder)
        ? [.. new DirectoryInfo(folder).EnumerateFiles("*" + Extension).Select(Of).OfType<Segment>().OrderBy(segment => segment.First)]
        : [];

    /// <summary>Where an entry begins, at some byte of it or not far before.</summary>
    public int MarkBefore(long offset)
    {
        var known = marks;
        var found = Array.BinarySearch(known, (int)offset);
        return known[found >= 0 ? found : ~found - 1];
    }

    public void Grow(int bytes, long firstTime, long lastTime)
    {
        if (length - marks[^1] >= BytesBetweenMarks)
            marks = [.. marks, (int)length];
        (FirstTime, LastTime) = (Math.Min(FirstTime, firstTime), Math.Max(LastTime, lastTime));
        Volatile.Write(ref length, length + bytes);
    }

    /// <summary>Leaves away what is behind the last whole entry.</summary>
    public void CutTo(long bytes) => Volatile.Write(ref length, bytes);

    private static Segment? Of(FileInfo file)
    {
        var name = file.Name.AsSpan(0, file.Name.Length - Extension.Length);
        return long.TryParse(name, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var first)
            ? new Segment(file.FullName, first, file.Length)
            : null;
    }

    private static string PathOf(string folder, long first) =>
        System.IO.Path.Combine(folder, first.ToString("x16", CultureInfo.InvariantCulture) + Extension);
}
