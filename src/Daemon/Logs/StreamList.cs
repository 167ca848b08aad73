using System.Text;

namespace Thaw.Daemon.Logs;

/// <summary>
/// The names behind the numbers in a group's entries, and the file that keeps them. Its first line is the group's, each other one a
/// stream's: number, time of creation in milliseconds since 1970, name.
/// </summary>
internal sealed class StreamList
{
    public const string FileName = "streams";

    private readonly Dictionary<int, StreamName> byNumber = [];
    private readonly Queue<StreamName> unwritten = [];
    private int linesInFile;
    private bool mustRewrite;

    public StreamList(string group, long creation) => (Group, Creation, mustRewrite) = (group, creation, true);

    private StreamList(StreamName group) => (Group, Creation) = (group.Name, group.Creation);

    public string Group { get; }

    /// <summary>Of the group, in milliseconds since 1970.</summary>
    public long Creation { get; }

    public bool HasUnwritten => unwritten.Count > 0 || (mustRewrite && byNumber.Count > 0);

    public IReadOnlyCollection<StreamName> All => byNumber.Values;

    private int LastNumber { get; set; }

    /// <summary>Null when the file is none of ours, or cannot be read.</summary>
    public static StreamList? Read(string folder)
    {
        var text = File.ReadAllText(Path.Combine(folder, FileName));
        var lines = text.Split('\n');
        if (StreamName.Parse(lines[0]) is not { } group)
            return null;

        // A last line that was written to the half would run into the next one.
        var list = new StreamList(group) { linesInFile = lines.Length - 1, mustRewrite = lines[^1].Length > 0 };
        foreach (var stream in lines[1..^1].Select(StreamName.Parse).OfType<StreamName>())
        {
            list.byNumber[stream.Number] = stream;
            list.LastNumber = Math.Max(list.LastNumber, stream.Number);
        }

        return list;
    }

    public StreamName? Find(int number) => byNumber.GetValueOrDefault(number);

    public StreamName Add(string name, long creation)
    {
        var stream = new StreamName(++LastNumber, creation, name);
        byNumber[stream.Number] = stream;
        unwritten.Enqueue(stream);
        return stream;
    }

    /// <summary>Forgets the oldest ones until no more than so many are left, but none that is at work.</summary>
    public void TrimTo(int count, Func<int, bool> isAtWork)
    {
        if (byNumber.Count <= count)
            return;
        foreach (var number in byNumber.Keys.Where(number => !isAtWork(number)).Order().Take(byNumber.Count - count).ToList())
            byNumber.Remove(number);
        mustRewrite |= linesInFile > 2 * count;
    }

    /// <summary>What is to be written so that the file has all, and whether in place of what it has. Under the group's lock.</summary>
    public (byte[] Text, bool Anew) TakeUnwritten()
    {
        var text = new StringBuilder();
        if (mustRewrite)
        {
            text.Append(new StreamName(0, Creation, Group).ToLine());
            foreach (var (_, stream) in byNumber.OrderBy(pair => pair.Key))
                text.Append(stream.ToLine());
        }
        else
        {
            foreach (var stream in unwritten)
                text.Append(stream.ToLine());
        }

        var result = (Encoding.UTF8.GetBytes(text.ToString()), mustRewrite);
        linesInFile = mustRewrite ? byNumber.Count + 1 : linesInFile + unwritten.Count;
        mustRewrite = false;
        unwritten.Clear();
        return result;
    }

    /// <summary>What was taken could not be written.</summary>
    public void WriteAgain() => mustRewrite = true;

    public static void Write(string folder, byte[] text, bool anew)
    {
        var path = Path.Combine(folder, FileName);
        if (!anew)
        {
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            file.Write(text);
            return;
        }

        File.WriteAllBytes(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }
}
