using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Thaw.Daemon.Traces;

namespace Thaw.UnitTests.Daemon.Traces;

public sealed class Otlp_bodies
{
    private static readonly DateTimeOffset At = new(2026, 9, 16, 12, 0, 0, TimeSpan.Zero);

    private static readonly TraceSpan Span =
        new("5e9d0a1a0123456789abcdef01234567", "0a1b2c3d4e5f6071", "53995c3f42cd8ad8", "grüß", At, At.AddMilliseconds(1.5))
        {
            IsServer = true,
            ErrorType = "Runtime.ExitError",
            Attributes = [new("text", "value"), new("truth", true), new("number", 300L)],
            Links = [new("000102030405060708090a0b0c0d0e0f", "1011121314151617")],
        };

    [Fact]
    public void In_protobuf_have_the_fields_of_the_standard()
    {
        var request = Fields(OtlpProtobuf.Write([Span, Span with { ParentId = null }], [new("service.name", "thaw")]));
        var resourceSpans = Fields(Single(request, 1));
        Assert.Equal(("service.name", "thaw"), Attribute(Single(Fields(Single(resourceSpans, 1)), 1)));
        var scopeSpans = Fields(Single(resourceSpans, 2));
        Assert.Equal("thaw", Text(Single(Fields(Single(scopeSpans, 1)), 1)));
        Assert.Equal(2, scopeSpans.Count(field => field.Number == 2));

        var span = Fields(scopeSpans.First(field => field.Number == 2).Bytes);
        Assert.Equal(Span.TraceId, Convert.ToHexStringLower(Single(span, 1)));
        Assert.Equal(Span.SpanId, Convert.ToHexStringLower(Single(span, 2)));
        Assert.Equal(Span.ParentId, Convert.ToHexStringLower(Single(span, 4)));
        Assert.Equal("grüß", Text(Single(span, 5)));
        Assert.Equal(2UL, span.Single(field => field.Number == 6).Value);
        Assert.Equal(1_789_560_000_000_000_000UL, span.Single(field => field.Number == 7).Value);
        Assert.Equal(1_789_560_000_001_500_000UL, span.Single(field => field.Number == 8).Value);
        Assert.Equal([("text", "value"), ("truth", "1"), ("number", "300"), ("error.type", "Runtime.ExitError")],
            span.Where(field => field.Number == 9).Select(field => Attribute(field.Bytes)));
        var link = Fields(Single(span, 13));
        Assert.Equal(Span.Links[0], new(Convert.ToHexStringLower(Single(link, 1)), Convert.ToHexStringLower(Single(link, 2))));
        Assert.Equal(2UL, Fields(Single(span, 15)).Single(field => field.Number == 3).Value);
    }

    [Fact]
    public void In_JSON_say_the_same()
    {
        using var json = JsonDocument.Parse(OtlpJson.Write([Span], [new("service.name", "thaw")]));
        var resourceSpans = json.RootElement.GetProperty("resourceSpans")[0];
        Assert.Equal("thaw", resourceSpans.GetProperty("resource").GetProperty("attributes")[0].GetProperty("value")
            .GetProperty("stringValue").GetString());
        var span = resourceSpans.GetProperty("scopeSpans")[0].GetProperty("spans")[0];
        Assert.Equal(Span.TraceId, span.GetProperty("traceId").GetString());
        Assert.Equal(Span.ParentId, span.GetProperty("parentSpanId").GetString());
        Assert.Equal("1789560000001500000", span.GetProperty("endTimeUnixNano").GetString());
        Assert.Equal((2, 2), (span.GetProperty("kind").GetInt32(), span.GetProperty("status").GetProperty("code").GetInt32()));
        Assert.Equal("300", span.GetProperty("attributes")[2].GetProperty("value").GetProperty("intValue").GetString());
        Assert.Equal(Span.Links[0].SpanId, span.GetProperty("links")[0].GetProperty("spanId").GetString());
    }

    private static byte[] Single(List<Field> fields, int number) => fields.Single(field => field.Number == number).Bytes;

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    private static (string Key, string Value) Attribute(byte[] bytes)
    {
        var pair = Fields(bytes);
        var value = Fields(Single(pair, 2)).Single();
        return (Text(Single(pair, 1)), value.Number == 1 ? Text(value.Bytes) : $"{value.Value}");
    }

    // A reader of protobuf's wire format that knows nothing of our writer.
    private static List<Field> Fields(ReadOnlySpan<byte> bytes)
    {
        var fields = new List<Field>();
        while (!bytes.IsEmpty)
        {
            var tag = Varint(ref bytes);
            switch (tag & 7)
            {
                case 0:
                    fields.Add(new((int)(tag >> 3), Varint(ref bytes), []));
                    break;
                case 1:
                    fields.Add(new((int)(tag >> 3), BinaryPrimitives.ReadUInt64LittleEndian(bytes), []));
                    bytes = bytes[8..];
                    break;
                case 2:
                    var length = (int)Varint(ref bytes);
                    fields.Add(new((int)(tag >> 3), 0, bytes[..length].ToArray()));
                    bytes = bytes[length..];
                    break;
                default:
                    Assert.Fail($"wire type {tag & 7}");
                    break;
            }
        }

        return fields;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }

    private sealed record Field(int Number, ulong Value, byte[] Bytes);
}
