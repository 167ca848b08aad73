using System.Buffers;
using System.Text;
using System.Text.Json;
using Thaw.Telemetry.Records;

namespace Thaw.UnitTests.Telemetry.Records;

public sealed class Output_records
{
    private static readonly DateTimeOffset At = new(2026, 9, 16, 12, 34, 56, 7, TimeSpan.Zero);

    [Fact, Trait("Spec", "ENV-100")]
    public void Hold_the_line_as_a_string() => ShouldBe(
        """{"time":"2026-09-16T12:34:56.007Z","type":"function","record":"a \"line\" with \\ and\ttab"}""",
        Record("a \"line\" with \\ and\ttab", mayBeObject: false));

    [Theory, Trait("Spec", "ENV-106")]
    [InlineData("""{"level":"INFO","message":"x"}""", """{"level":"INFO","message":"x"}""")]
    [InlineData("{}", "{}")]
    [InlineData(" {\n  \"a\": [1, -2.5e3, true, null]\r\n}\n", " {   \"a\": [1, -2.5e3, true, null]  }")]
    public void Hold_an_object_as_it_is_where_one_may_stand(string line, string record) => ShouldBe(
        $$"""{"time":"2026-09-16T12:34:56.007Z","type":"function","record":{{record}}}""", Record(line, mayBeObject: true));

    [Theory, Trait("Spec", "ENV-106")]
    [InlineData("""{"level":"INFO"}""", false)]
    [InlineData("""{"level":"INFO"} and more""", true)]
    [InlineData("""{"level":"INFO",}""", true)]
    [InlineData("""["level"]""", true)]
    [InlineData("17", true)]
    [InlineData("{", true)]
    [InlineData("", true)]
    [InlineData("""{"a":01}""", true)]
    [InlineData("{\"a\":\"\\x\"}", true)]
    [InlineData("{\"a\":\"\t\"}", true)]
    public void Hold_anything_else_as_a_string(string line, bool mayBeObject) =>
        Assert.Equal(line, RecordOf(Encoding.UTF8.GetBytes(line), mayBeObject).GetString());

    [Fact]
    public void Hold_a_frame_without_its_last_newline() =>
        Assert.Equal("two\nlines", RecordOf("two\nlines\n"u8, mayBeObject: false).GetString());

    [Fact]
    public void Hold_an_object_that_is_too_deep_as_a_string()
    {
        var deep = $"{{\"a\":{new string('[', 200)}{new string(']', 200)}}}";
        Assert.Equal(deep, RecordOf(Encoding.UTF8.GetBytes(deep), mayBeObject: true).GetString());
    }

    [Fact]
    public void Replace_what_is_no_UTF_8()
    {
        Assert.Equal("ü\uFFFD!\uFFFD", RecordOf([0xC3, 0xBC, 0xFF, (byte)'!', 0xE2, 0x82], mayBeObject: false).GetString());
        Assert.Equal("{\"a\":\"\uFFFD\"}", RecordOf([.. "{\"a\":\""u8, 0xFF, .. "\"}"u8], mayBeObject: true).GetString());
    }

    [Fact]
    public void Are_JSON_whatever_a_process_writes()
    {
        var random = new Random(7);
        for (var count = 0; count < 10_000; count++)
        {
            var bytes = new byte[random.Next(60)];
            random.NextBytes(bytes);
            if (random.Next(2) == 0)
                bytes = [.. "{\"a\":\""u8, .. bytes, .. "\"}"u8];
            var expected = Encoding.UTF8.GetString(bytes.AsSpan().TrimEnd((byte)'\n').Length >= bytes.Length - 1
                ? bytes.AsSpan().TrimEnd((byte)'\n') : bytes.AsSpan()[..^1]);
            var record = RecordOf(bytes, mayBeObject: random.Next(2) == 0);
            if (record.ValueKind == JsonValueKind.String)
                Assert.Equal(expected, record.GetString());
        }
    }

    [Fact]
    public void Make_no_objects()
    {
        byte[] broken = [.. "{\"level\":\"INFO\" but broken"u8, 0xFF];
        NoObjects.AreMadeBy(to =>
        {
            OutputRecords.Write("function", At, "a \"line\" of text"u8, mayBeObject: true, to);
            OutputRecords.Write("function", At, """{"level":"INFO","message":"x"}"""u8, mayBeObject: true, to);
            OutputRecords.Write("extension", At, broken, mayBeObject: true, to);
        });
    }

    private static void ShouldBe(string expected, string record) => Assert.Equal(expected, record);

    private static JsonElement RecordOf(ReadOnlySpan<byte> text, bool mayBeObject)
    {
        var to = new ArrayBufferWriter<byte>();
        OutputRecords.Write("function", At, text, mayBeObject, to);
        Assert.DoesNotContain((byte)'\n', to.WrittenMemory.ToArray());
        using var json = JsonDocument.Parse(to.WrittenMemory, new JsonDocumentOptions { MaxDepth = 200 });
        return json.RootElement.GetProperty("record").Clone();
    }

    private static string Record(string text, bool mayBeObject)
    {
        var to = new ArrayBufferWriter<byte>();
        OutputRecords.Write("function", At, Encoding.UTF8.GetBytes(text), mayBeObject, to);
        return Encoding.UTF8.GetString(to.WrittenSpan);
    }
}
