using System.Text;
using Microsoft.Extensions.Time.Testing;
using Thaw.Contracts;
using Thaw.Daemon.Logs;
using Thaw.Telemetry.Lines;
using Thaw.Testing;

namespace Thaw.UnitTests.Daemon.Logs;

/// <summary>A log store in a folder of its own, which can be left and opened again.</summary>
internal sealed class LogStage : IDisposable
{
    public const string Group = "/aws/lambda/hello";

    private readonly TemporaryFolder folder = new();

    public LogStage(LogStoreOptions? options = null)
    {
        Options = (options ?? new LogStoreOptions { Folder = "" }) with { Folder = Path.Combine(folder.Path, "logs") };
        Store = Reopen();
    }

    public LogStoreOptions Options { get; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 26, 12, 0, 0, TimeSpan.Zero));

    public LogStore Store { get; private set; }

    public List<string> Notices { get; } = [];

    public string GroupFolder => Path.Combine(Options.Folder, Uri.EscapeDataString(Group));

    public string[] SegmentFiles => [.. Directory.GetFiles(GroupFolder, "*.seg").Order(StringComparer.Ordinal)];

    public static void Add(LogStream stream, string text, DateTimeOffset time, LogSource source = LogSource.Function) =>
        stream.Add(new LogEntry(Encoding.UTF8.GetBytes(text), time, source, LogSeverity.Info));

    public static void AddLines(LogStream stream, IEnumerable<string> lines, DateTimeOffset time) =>
        stream.AddLines(new LogEntry(Encoding.UTF8.GetBytes(string.Join('\n', lines)), time, LogSource.Function, LogSeverity.Info));

    public void Add(LogStream stream, string text) => Add(stream, text, Time.GetUtcNow());

    /// <summary>As a daemon that starts anew; the one before has ended in order, or been killed.</summary>
    public LogStore Reopen() => Store = new LogStore(Options, Time, Notices.Add);

    public void CloseAndReopen()
    {
        Store.Dispose();
        Reopen();
    }

    public async Task<string[]> MessagesAsync(LogQuery? query = null, string group = Group) =>
        [.. (await new LogReader(Store.Find(group)!).ReadAsync(query ?? new LogQuery())).Events.Select(found => found.Message)];

    public void Dispose()
    {
        Store.Dispose();
        folder.Dispose();
    }
}
