using System.Buffers;
using System.Text;
using System.Text.Json;
using Thaw.Contracts;
using Thaw.Telemetry.Records;

namespace Thaw.UnitTests.Telemetry.Records;

public sealed class Platform_records
{
    private static readonly EnvironmentIdentity Identity = SampleEvents.Identity();

    [Theory, Trait("Spec", "ENV-100"), Trait("Spec", "ENV-101"), Trait("Spec", "ENV-103"), Trait("Spec", "ENV-104"),
        Trait("Spec", "ENV-105")]
    [InlineData(TelemetrySchema.Telemetry20220701)]
    [InlineData(TelemetrySchema.Telemetry20221213)]
    [InlineData(TelemetrySchema.Telemetry20250129)]
    public void Of_the_Telemetry_API_are_the_same_in_all_its_schemas(TelemetrySchema schema) =>
        GoldenFile.ShouldBe("records-telemetry.txt", Written(schema));

    [Fact, Trait("Spec", "ENV-107")]
    public void Of_the_first_Logs_API_end_with_end_and_report() =>
        GoldenFile.ShouldBe("records-logs-2020-08-15.txt", Written(TelemetrySchema.Logs20200815));

    [Fact, Trait("Spec", "ENV-107")]
    public void Of_the_second_Logs_API_tell_when_the_runtime_is_done() =>
        GoldenFile.ShouldBe("records-logs-2021-03-18.txt", Written(TelemetrySchema.Logs20210318));

    [Theory]
    [InlineData(TelemetrySchema.Telemetry20250129)]
    [InlineData(TelemetrySchema.Logs20210318)]
    public void Are_JSON_objects_of_three_members(TelemetrySchema schema)
    {
        foreach (var (_, happened) in SampleEvents.All())
        {
            foreach (var line in Record(happened, schema).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                using var json = JsonDocument.Parse(line);
                Assert.Equal(["time", "type", "record"], json.RootElement.EnumerateObject().Select(member => member.Name));
            }
        }
    }

    [Fact]
    public void Of_an_older_dialect_do_not_bill_init()
    {
        var report = SampleEvents.All().Single(item => item.Name == "first report").Event;
        var older = SampleEvents.Identity(Dialects.Find("2024-12"));
        Assert.Contains("\"durationMs\":2.5,\"billedDurationMs\":114,", Record(report, TelemetrySchema.Telemetry20250129));
        Assert.Contains("\"durationMs\":2.5,\"billedDurationMs\":3,", Record(report, TelemetrySchema.Telemetry20250129, older));
    }

    [Fact]
    public void Say_nothing_of_a_trace_that_there_is_not()
    {
        var start = SampleEvents.All().Single(item => item.Name == "start").Event;
        Assert.DoesNotContain("tracing", Record(start, TelemetrySchema.Telemetry20250129));
    }

    [Theory]
    [InlineData(TelemetrySchema.Telemetry20250129)]
    [InlineData(TelemetrySchema.Logs20210318)]
    public void Make_no_objects(TelemetrySchema schema)
    {
        var events = SampleEvents.All().Select(item => item.Event).Where(happened => happened is not InvokeFault).ToArray();
        NoObjects.AreMadeBy(to =>
        {
            foreach (var happened in events)
                PlatformRecords.Write(happened, Identity, schema, to);
        });
    }

    private static string Written(TelemetrySchema schema)
    {
        var text = new StringBuilder();
        foreach (var (name, happened) in SampleEvents.All())
            text.Append(name).Append('\n').Append(Record(happened, schema)).Append('\n');
        return text.ToString();
    }

    // Each on a line, or nothing when the schema has no such event.
    private static string Record(PlatformEvent happened, TelemetrySchema schema, EnvironmentIdentity? identity = null)
    {
        var to = new ArrayBufferWriter<byte>();
        var isWritten = PlatformRecords.Write(happened, identity ?? Identity, schema, to);
        Assert.Equal(isWritten, to.WrittenCount > 0);
        return isWritten ? Encoding.UTF8.GetString(to.WrittenSpan) + "\n" : "";
    }
}
