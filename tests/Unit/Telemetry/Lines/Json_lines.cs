using System.Text;
using Thaw.Contracts;
using Thaw.Telemetry.Lines;

namespace Thaw.UnitTests.Telemetry.Lines;

[Trait("Spec", "ENV-113")]
public sealed class Json_lines
{
    [Theory]
    [InlineData("""{"level":"TRACE"}""", LogSeverity.Trace)]
    [InlineData("""{"level":"debug"}""", LogSeverity.Debug)]
    [InlineData("""{"message":"x","Level":"Warn"}""", LogSeverity.Warn)]
    [InlineData("""{"level":"ERROR","timestamp":"2026-09-16T12:34:56Z"}""", LogSeverity.Error)]
    [InlineData("""{"inner":{"level":"ERROR"},"level":"fatal"}""", LogSeverity.Fatal)]
    [InlineData("""{"inner":{"level":"ERROR"}}""", LogSeverity.Info)]
    [InlineData("""{"level":"loud"}""", LogSeverity.Info)]
    [InlineData("""{"level":40}""", LogSeverity.Info)]
    [InlineData("""{"level":null}""", LogSeverity.Info)]
    [InlineData("{}", LogSeverity.Info)]
    [InlineData("""{"level":"ERROR","timestamp":"yesterday"}""", LogSeverity.Info)]
    [InlineData("""{"level":"ERROR","timestamp":1789562096}""", LogSeverity.Info)]
    public void Have_the_level_that_they_name(string line, LogSeverity severity)
    {
        Assert.True(JsonLine.TryRead(Encoding.UTF8.GetBytes(line), out var read, out _));
        Assert.Equal(severity, read);
    }

    [Theory]
    [InlineData("2026-09-16T12:34:56Z", "2026-09-16T12:34:56.0000000+00:00")]
    [InlineData("2026-09-16t12:34:56.7z", "2026-09-16T12:34:56.7000000+00:00")]
    [InlineData("2026-09-16 12:34:56.123456789+02:00", "2026-09-16T12:34:56.1234567+02:00")]
    [InlineData("2026-09-16T12:34:56", null)]
    [InlineData("2026-09-16T12:34Z", null)]
    [InlineData("2026-09-16", null)]
    [InlineData("2026-13-16T12:34:56Z", null)]
    [InlineData("2026-09-16T12:34:56.Z", null)]
    [InlineData("2026-09-16T12:34:56+0200", null)]
    [InlineData("Z", null)]
    [InlineData("", null)]
    public void Have_the_time_that_they_name_in_RFC_3339(string timestamp, string? time)
    {
        Assert.True(JsonLine.TryRead(Encoding.UTF8.GetBytes($$"""{"timestamp":"{{timestamp}}"}"""), out _, out var read));
        Assert.Equal(time, read?.ToString("O"));
    }

    [Fact]
    public void May_look_like_it_and_be_none()
    {
        var line = Encoding.UTF8.GetBytes("""{"level":"ERROR","a":{"b":[1,2.5e-3,"\u00fc",false]},"c":null}""");
        Assert.True(JsonLine.IsObject(line));
        for (var length = 0; length < line.Length; length++)
        {
            Assert.False(JsonLine.TryRead(line.AsSpan(0, length), out var severity, out _));
            Assert.Equal(LogSeverity.Info, severity);
        }
    }
}
