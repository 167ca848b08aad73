using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Thaw.Daemon.Logs;

/// <summary>
/// The logs of all functions, on disk, by the names that CloudWatch Logs would give them:
///
///   FOLDER/&lt;group, / as %2F&gt;/streams              names and numbers of its streams
///                              0000000000000000.seg  entries, the oldest first
///                              00000000003fff2a.seg  named by the position of its first byte
/// </summary>
internal sealed class LogStore : IDisposable
{
    private static readonly TimeSpan BetweenNotices = TimeSpan.FromMinutes(1), BetweenTrims = TimeSpan.FromMinutes(10);

    private const int MaxFolderName = 200;

    private readonly ConcurrentDictionary<string, LogGroupFile> groups = new(StringComparer.Ordinal);
    private readonly Lock noticing = new(), trimming = new();
    private readonly LogStoreOptions options;
    private readonly TimeProvider time;
    private readonly Action<string> notice;
    private readonly Action gather;
    private readonly ITimer trim;
    private DateTimeOffset noticedAt = DateTimeOffset.MinValue;
    private long untold, dropped;
    private bool isOver;

    /// <param name="notice">Hears a line when entries are lost, at most one in a minute.</param>
    /// <param name="gather">Adds what has happened and is not added yet; called before a log is read.</param>
    public LogStore(LogStoreOptions options, TimeProvider time, Action<string> notice, Action? gather = null)
    {
        (this.options, this.time, this.notice, this.gather) = (options, time, notice, gather ?? (() => { }));
        Load();
        trim = time.CreateTimer(_ => Trim(), null, BetweenTrims, BetweenTrims);
    }

    /// <summary>Entries that were lost since the start.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    /// <summary>Those that somebody has written to, by name.</summary>
    public IReadOnlyList<LogGroupFile> Groups() =>
        [.. groups.Values.Where(group => group.HasStreams).OrderBy(group => group.Name, StringComparer.Ordinal)];

    /// <summary>Null when nobody has written to it.</summary>
    public LogGroupFile? Find(string group) => groups.TryGetValue(group, out var found) && found.HasStreams ? found : null;

    /// <summary>The group, written to or not: somebody may want to wait for its first entry.</summary>
    public LogGroupFile Group(string name) => groups.GetOrAdd(name, NewGroup);

    /// <summary>Begins a stream.</summary>
    public LogStream Open(string group, string stream) => Group(group).Open(stream);

    /// <summary>Removes what is too old or too much. The store does it by itself when something grows, and once in a while.</summary>
    public void Trim()
    {
        lock (trimming)
        {
            // Whoever asked for it may have been slow: the folder is somebody else's by now.
            if (isOver)
                return;
            var tooOld = time.GetUtcNow().UtcDateTime - options.MaxAge;
            var segments = groups.Values.SelectMany(group => group.Segments.Select(segment => (group, segment, Written(segment))))
                .Where(one => one.segment.Length > 0)
                .OrderBy(one => one.Item3)
                .ToList();
            var bytes = segments.Sum(one => one.segment.Length);
            foreach (var (group, segment, written) in segments)
            {
                if (written >= tooOld && bytes <= options.TotalBytes)
                    break;
                bytes -= segment.Length;
                group.Remove(segment);
            }
        }
    }

    /// <summary>Writes what is left.</summary>
    public void Dispose()
    {
        trim.Dispose();
        foreach (var group in groups.Values)
            group.Dispose();
        lock (trimming)
            isOver = true;
        lock (noticing)
        {
            if (untold > 0)
                Tell("the last ones");
        }
    }

    private void TrimWhenFull()
    {
        if (groups.Values.Sum(group => group.Bytes) > options.TotalBytes)
            ThreadPool.UnsafeQueueUserWorkItem(store => store.Trim(), this, preferLocal: false);
    }

    private static DateTime Written(Segment segment) => File.GetLastWriteTimeUtc(segment.Path);

    private void Load()
    {
        if (!Directory.Exists(options.Folder))
            return;
        foreach (var folder in Directory.EnumerateDirectories(options.Folder))
        {
            try
            {
                if (StreamList.Read(folder) is { } streams)
                    groups.TryAdd(streams.Group, new LogGroupFile(folder, streams, options, time, gather, Lose, TrimWhenFull));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // No folder of ours, or not readable: nothing is shown of it, and nothing is done to it.
            }
        }
    }

    private LogGroupFile NewGroup(string name) => new(
        Path.Combine(options.Folder, FolderOf(name)),
        new StreamList(name, time.GetUtcNow().ToUnixTimeMilliseconds()), options, time, gather, Lose, TrimWhenFull);

    // A name may have 512 letters, a folder 255. A dot at the front would hide it, or lead elsewhere.
    private static string FolderOf(string group)
    {
        var name = Uri.EscapeDataString(group);
        if (name.StartsWith('.'))
            name = "%2E" + name[1..];
        return name.Length <= MaxFolderName ? name
            : name[..100] + "~" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(group)).AsSpan(0, 8));
    }

    private void Lose(long count, string why)
    {
        Interlocked.Add(ref dropped, count);
        lock (noticing)
        {
            untold += count;
            if (time.GetUtcNow() - noticedAt >= BetweenNotices)
                Tell(why);
        }
    }

    private void Tell(string why)
    {
        notice(string.Create(CultureInfo.InvariantCulture, $"{untold} log entries are lost: {why}"));
        (noticedAt, untold) = (time.GetUtcNow(), 0);
    }
}
