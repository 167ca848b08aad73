using System.Buffers;
using System.Text;
using Thaw.Contracts;
using Thaw.Telemetry.Lines;

namespace Thaw.UnitTests.Telemetry.Lines;

public sealed class Platform_lines
{
    private static readonly RequestId Id = new("8f507cfc-xmpl-4697-b07a-ac58fc914c95");

    [Fact]
    public void Start_names_request_and_version() =>
        ShouldLog(new InvokeStart(Id, "$LATEST", InvocationOrigin.None) { Time = default },
            "START RequestId: 8f507cfc-xmpl-4697-b07a-ac58fc914c95 Version: $LATEST");

    [Fact]
    public void Report_comes_after_end_and_its_fields_end_with_tabs() =>
        ShouldLog(Report(PhaseStatus.Success, null, new(Ms(933.594), 128, 9, null, null)),
            "END RequestId: 8f507cfc-xmpl-4697-b07a-ac58fc914c95",
            "REPORT RequestId: 8f507cfc-xmpl-4697-b07a-ac58fc914c95\tDuration: 933.59 ms\tBilled Duration: 934 ms\t" +
            "Memory Size: 128 MB\tMax Memory Used: 9 MB\t");

    [Fact]
    public void The_first_report_after_init_has_its_duration_and_bills_it() =>
        ShouldReport(Report(PhaseStatus.Success, null, new(Ms(2.5), 10_240, 42, Ms(111.231), null)),
            "Duration: 2.50 ms\tBilled Duration: 114 ms\tMemory Size: 10240 MB\tMax Memory Used: 42 MB\tInit Duration: 111.23 ms\t");

    [Fact]
    public void The_first_report_after_restore_has_its_duration_and_what_is_billed_of_it() =>
        ShouldReport(Report(PhaseStatus.Success, null, new(Ms(2.5), 128, 42, null, Ms(36.4))),
            "Duration: 2.50 ms\tBilled Duration: 39 ms\tMemory Size: 128 MB\tMax Memory Used: 42 MB\t" +
            "Restore Duration: 36.40 ms\tBilled Restore Duration: 37 ms\t");

    [Fact]
    public void A_failed_report_ends_with_status_and_error_type() =>
        ShouldReport(Report(PhaseStatus.Error, ErrorType.RuntimeExitError, new(Ms(10), 128, 9, Ms(5), null)),
            "Duration: 10.00 ms\tBilled Duration: 15 ms\tMemory Size: 128 MB\tMax Memory Used: 9 MB\tInit Duration: 5.00 ms\t" +
            "Status: error\tError Type: Runtime.ExitError");

    [Fact]
    public void A_report_of_a_timeout_has_a_status_and_no_error_type() =>
        ShouldReport(Report(PhaseStatus.Timeout, ErrorType.SandboxTimedout, new(Ms(3000), 128, 9, null, null)),
            "Duration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 9 MB\tStatus: timeout");

    [Theory]
    [InlineData(new[] { "INVOKE", "SHUTDOWN" }, null, "EXTENSION\tName: metrics\tState: Ready\tEvents: [INVOKE, SHUTDOWN]")]
    [InlineData(new string[0], null, "EXTENSION\tName: metrics\tState: Ready\tEvents: []")]
    [InlineData(new[] { "INVOKE" }, "Extension.Crash",
        "EXTENSION\tName: metrics\tState: InitError\tEvents: [INVOKE]\tError Type: Extension.Crash")]
    public void An_extension_shows_where_it_stood_when_init_ended(string[] events, string? errorType, string line) =>
        ShouldLog(new ExtensionReport("metrics", errorType is null ? "Ready" : "InitError", events, errorType is null ? null
            : new(errorType))
        { Time = default }, line);

    [Theory]
    [InlineData("M\u00fcller \u20ac \ud83d\ude00", "M\u00fcller \u20ac \ud83d\ude00")]
    [InlineData("half of a letter: \u2702", "half of a letter: \ufffd")]
    public void Text_of_a_line_may_be_any(string text, string written)
    {
        // Attributes cannot hold the half of a pair.
        text = text.Replace('\u2702', '\ud83d');
        foreach (var times in (int[])[1, 3, 100, 3_000])
        {
            ShouldLog(new ImageFault(string.Concat(Enumerable.Repeat(text, times))) { Time = default },
                $"IMAGE\t{string.Concat(Enumerable.Repeat(written, times))}");
        }
    }

    [Fact]
    public void A_good_on_demand_init_leaves_no_line() =>
        ShouldLog(Init(InitializationType.OnDemand, Phase.Init, PhaseStatus.Success, null));

    [Theory]
    [InlineData(InitializationType.ProvisionedConcurrency)]
    [InlineData(InitializationType.SnapStart)]
    public void A_good_init_ahead_of_time_is_reported_without_a_phase(InitializationType type) =>
        ShouldLog(Init(type, Phase.Init, PhaseStatus.Success, null), "INIT_REPORT Init Duration: 1236.04 ms");

    [Fact]
    public void A_failed_init_is_reported_with_its_phase_and_reason()
    {
        ShouldLog(Init(InitializationType.OnDemand, Phase.Init, PhaseStatus.Timeout, ErrorType.RuntimeUnknown),
            "INIT_REPORT Init Duration: 1236.04 ms\tPhase: init\tStatus: timeout");
        ShouldLog(Init(InitializationType.OnDemand, Phase.Invoke, PhaseStatus.Error, new("Runtime.UserCodeSyntaxError")),
            "INIT_REPORT Init Duration: 1236.04 ms\tPhase: invoke\tStatus: error\tError Type: Runtime.UserCodeSyntaxError");
    }

    [Fact]
    public void A_restore_is_always_reported()
    {
        ShouldLog(Restore(PhaseStatus.Success, null), "RESTORE_REPORT Restore Duration: 511.25 ms");
        ShouldLog(Restore(PhaseStatus.Timeout, null), "RESTORE_REPORT Restore Duration: 511.25 ms\tStatus: timeout");
        ShouldLog(Restore(PhaseStatus.Error, ErrorType.RuntimeExitError),
            "RESTORE_REPORT Restore Duration: 511.25 ms\tStatus: error\tError Type: Runtime.ExitError");
    }

    [Fact]
    public void What_only_telemetry_sees_leaves_no_line()
    {
        ShouldLog(new InitStart(InitializationType.OnDemand, Phase.Init) { Time = default });
        ShouldLog(new RuntimeDone(Id, PhaseStatus.Success, null, Ms(1), null, []) { Time = default });
    }

    private static InvokeReport Report(PhaseStatus status, ErrorType? type, InvokeMetrics metrics) =>
        new(Id, status, type, metrics, []) { Time = default };

    private static InitReport Init(InitializationType type, Phase phase, PhaseStatus status, ErrorType? error) =>
        new(type, phase, status, error, Ms(1236.04)) { Time = default };

    private static RestoreReport Restore(PhaseStatus status, ErrorType? error) => new(status, error, Ms(511.25)) { Time = default };

    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);

    [Fact, Trait("Spec", "ENV-108"), Trait("Spec", "ENV-111")]
    public void Of_today_are_those_of_the_newest_dialect() => GoldenFile.ShouldBe("lines-2026-09.txt", Written(Dialects.Newest));

    [Fact]
    public void Of_an_older_dialect_have_faults_and_no_status() =>
        GoldenFile.ShouldBe("lines-2024-12.txt", Written(Dialects.Find("2024-12")!));

    [Fact]
    public void Make_no_objects()
    {
        var events = SampleEvents.All().Select(item => item.Event).ToArray();
        var identity = SampleEvents.Identity();
        NoObjects.AreMadeBy(to =>
        {
            foreach (var happened in events)
                PlatformLines.Write(happened, identity, to);
        });
    }

    private static string[] LinesOf(PlatformEvent happened, EnvironmentIdentity? identity = null)
    {
        var text = new ArrayBufferWriter<byte>();
        PlatformLines.Write(happened, identity ?? SampleEvents.Identity() with { Runtime = null }, text);
        return text.WrittenCount == 0 ? [] : Encoding.UTF8.GetString(text.WrittenSpan[..^1]).Split('\n');
    }

    private static string Written(Dialect dialect)
    {
        var text = new StringBuilder();
        foreach (var (name, happened) in SampleEvents.All())
        {
            text.Append(name).Append('\n');
            foreach (var line in LinesOf(happened, SampleEvents.Identity(dialect)))
                text.Append("    ").Append(line.Replace("\t", "\\t", StringComparison.Ordinal)).Append('\n');
        }

        return text.ToString();
    }

    private static void ShouldReport(InvokeReport report, string afterId) =>
        Assert.Equal($"REPORT RequestId: {Id}\t{afterId}", LinesOf(report)[^1]);

    private static void ShouldLog(PlatformEvent happened, params string[] lines) => Assert.Equal(lines, LinesOf(happened));
}
