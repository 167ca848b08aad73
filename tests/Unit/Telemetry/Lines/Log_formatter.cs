using System.Text;
using Thaw.Contracts;
using Thaw.Telemetry.Lines;

namespace Thaw.UnitTests.Telemetry.Lines;

public sealed class Log_formatter
{
    private static readonly DateTimeOffset At = new(2026, 9, 16, 12, 34, 56, 789, TimeSpan.Zero);

    [Fact]
    public void Makes_an_entry_of_each_line_and_of_END_and_REPORT()
    {
        var log = Log(
            new LoggingConfig(), Output("runtime", "one\n\nthree"), Output("metrics", "hello"), Event("report of a sampled trace"));
        Assert.Equal(["one\n", "\n", "three\n", "hello\n"], log.Take(4).Select(entry => entry.Message));
        Assert.Equal(["Function", "Function", "Function", "Extension", "Platform", "Platform"],
            log.Select(entry => entry.Source.ToString()));
        Assert.StartsWith("END RequestId: ", log[4].Message, StringComparison.Ordinal);
        Assert.Matches("^REPORT .*\t\nXRAY TraceId: 1-.*\tSampled: true\t\n$", log[5].Message);
    }

    [Fact, Trait("Spec", "ENV-112")]
    public void Writes_records_in_JSON_format_and_no_lines()
    {
        var log = Log(new LoggingConfig { Format = LogFormat.Json, SystemLevel = LogSeverity.Debug },
            [.. SampleEvents.All().Select(item => item.Event)]);
        Assert.All(log, entry => Assert.StartsWith("{\"time\":\"2026-09-16T12:34:56.789Z\",\"type\":\"platform.", entry.Message,
            StringComparison.Ordinal));
        Assert.All(log, entry => Assert.EndsWith("}}", entry.Message, StringComparison.Ordinal));
        Assert.Equal(SampleEvents.All().Count(item => item.Event is not InvokeFault), log.Count);
    }

    [Theory, Trait("Spec", "ENV-112")]
    [InlineData("init starts", LogSeverity.Info)]
    [InlineData("runtime is ready", LogSeverity.Debug)]
    [InlineData("runtime posted an error", LogSeverity.Warn)]
    [InlineData("good init", LogSeverity.Debug)]
    [InlineData("good init ahead of time", LogSeverity.Info)]
    [InlineData("failed init", LogSeverity.Warn)]
    [InlineData("restore starts", LogSeverity.Info)]
    [InlineData("runtime is restored", LogSeverity.Debug)]
    [InlineData("runtime failed to restore", LogSeverity.Warn)]
    [InlineData("good restore", LogSeverity.Info)]
    [InlineData("slow restore", LogSeverity.Warn)]
    [InlineData("start", LogSeverity.Info)]
    [InlineData("good invoke", LogSeverity.Debug)]
    [InlineData("timeout", LogSeverity.Warn)]
    [InlineData("report", LogSeverity.Info)]
    [InlineData("report of a crash", LogSeverity.Warn)]
    [InlineData("extension", LogSeverity.Info)]
    [InlineData("failed extension", LogSeverity.Warn)]
    [InlineData("telemetry subscription", LogSeverity.Info)]
    [InlineData("logs subscription", LogSeverity.Info)]
    [InlineData("drops", LogSeverity.Warn)]
    public void Drops_system_records_below_the_level(string name, LogSeverity severity)
    {
        foreach (var level in new[] { LogSeverity.Debug, LogSeverity.Info, LogSeverity.Warn })
        {
            var json = new LoggingConfig { Format = LogFormat.Json, SystemLevel = level };
            Assert.Equal(severity >= level, Log(json, Event(name)).Count == 1);
        }
    }

    [Fact, Trait("Spec", "ENV-112")]
    public void Thinks_less_of_a_start_whose_runtime_has_no_version()
    {
        var identity = SampleEvents.Identity(logging: new() { Format = LogFormat.Json }) with { Runtime = null };
        Assert.Empty(Log(identity, Event("init starts"), Event("restore starts")));
        Assert.Empty(Log(SampleEvents.Identity() with { Runtime = null }, Event("init starts"), Event("restore starts")));
    }

    [Fact, Trait("Spec", "ENV-113")]
    public void Drops_lines_of_the_function_below_the_level_in_JSON_format()
    {
        const string Lines = """
            {"level":"info","n":1}
            {"level":"ERROR","n":2}
            plain
            {"n":4}
            """;
        var warn = new LoggingConfig { Format = LogFormat.Json, ApplicationLevel = LogSeverity.Warn };
        Assert.Equal(["{\"level\":\"ERROR\",\"n\":2}\n"], Messages(Log(warn, Output("runtime", Lines))));
        Assert.Equal(4, Log(warn with { ApplicationLevel = LogSeverity.Info }, Output("runtime", Lines)).Count);
        Assert.Equal(4, Log(warn with { Format = LogFormat.Text }, Output("runtime", Lines)).Count);
        Assert.Equal(4, Log(warn, Output("metrics", Lines)).Count);
    }

    [Fact, Trait("Spec", "ENV-113")]
    public void Takes_the_time_that_a_JSON_line_names_if_it_can_be()
    {
        var json = new LoggingConfig { Format = LogFormat.Json };
        Assert.Equal(At.AddSeconds(-6), Log(json, Output("runtime", """{"timestamp":"2026-09-16T12:34:50.789Z"}""")).Single().Time);
        Assert.Equal(At, Log(json, Output("runtime", """{"timestamp":"1970-01-01T00:00:00Z"}""")).Single().Time);
        Assert.Equal(At, Log(json, Output("runtime", """{"timestamp":"2036-01-01T00:00:00Z"}""")).Single().Time);
        Assert.Equal(At, Log(new LoggingConfig(), Output("runtime", """{"timestamp":"2026-09-16T12:34:50.789Z"}""")).Single().Time);
    }

    [Fact, Trait("Spec", "ENV-114")]
    public void Keeps_a_frame_whole_and_takes_its_level()
    {
        var log = Log(new LoggingConfig(), Frame("two\nlines", LogSeverity.Debug, isJson: false));
        Assert.Equal(["two\nlines"], Messages(log));
        Assert.Equal(LogSeverity.Debug, log.Single().Severity);

        var json = new LoggingConfig { Format = LogFormat.Json };
        Assert.Empty(Log(json, Frame("two\nlines", LogSeverity.Debug, isJson: false)));
        Assert.Single(Log(json, Frame("""{"level":"DEBUG"}""", LogSeverity.Warn, isJson: true)));
        Assert.Empty(Log(json, Frame("""{"level":"DEBUG"}""", null, isJson: true)));
        Assert.Single(Log(json, Frame("text", null, isJson: false)));
    }

    [Fact]
    public void Makes_no_objects()
    {
        var formatter = new LogFormatter(SampleEvents.Identity());
        LifecycleEvent[] events = [Output("runtime", "one\ntwo"), Event("start"), Event("report of a crash")];
        var count = new Count();
        WriteAll();
        var before = GC.GetAllocatedBytesForCurrentThread();
        WriteAll();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(10, count.Entries);

        void WriteAll()
        {
            foreach (var happened in events)
                formatter.Write(happened, count);
        }
    }

    private static PlatformEvent Event(string name) => SampleEvents.All().Single(item => item.Name == name).Event;

    private static OutputLines Output(string participant, string text) => new(participant, Encoding.UTF8.GetBytes(text)) { Time = At };

    private static LogFrame Frame(string text, LogSeverity? level, bool isJson) =>
        new("runtime", Encoding.UTF8.GetBytes(text), level, isJson) { Time = At };

    private static IEnumerable<string> Messages(IEnumerable<Kept> log) => log.Select(entry => entry.Message);

    private static List<Kept> Log(LoggingConfig logging, params LifecycleEvent[] events) =>
        Log(SampleEvents.Identity(logging: logging), events);

    private static List<Kept> Log(EnvironmentIdentity identity, params LifecycleEvent[] events)
    {
        var to = new Entries();
        foreach (var happened in events)
            new LogFormatter(identity).Write(happened, to);
        return to.Kept;
    }

    private sealed record Kept(string Message, DateTimeOffset Time, LogSource Source, LogSeverity Severity);

    private sealed class Entries : ILogEntries
    {
        public List<Kept> Kept { get; } = [];

        public void Add(in LogEntry entry) =>
            Kept.Add(new(Encoding.UTF8.GetString(entry.Message), entry.Time, entry.Source, entry.Severity));
    }

    private sealed class Count : ILogEntries
    {
        public int Entries { get; private set; }

        public void Add(in LogEntry entry) => Entries++;

        public void AddLines(in LogEntry lines) => Entries += 1 + lines.Message.Count((byte)'\n');
    }
}
