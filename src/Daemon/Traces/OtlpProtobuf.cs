using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Thaw.Daemon.Traces;

/// <summary>Spans as <c>ExportTraceServiceRequest</c> of OTLP 1.x, in protobuf's binary form.</summary>
internal static class OtlpProtobuf
{
    public const string ContentType = "application/x-protobuf";

    public static byte[] Write(IReadOnlyList<TraceSpan> spans, IReadOnlyList<KeyValuePair<string, string>> resource) =>
        Message(request => request.Part(1, resourceSpans =>
        {
            resourceSpans.Part(1, of =>
            {
                foreach (var (key, value) in resource)
                    Attribute(of, 1, key, value);
            });
            resourceSpans.Part(2, scopeSpans =>
            {
                scopeSpans.Part(1, scope => scope.Text(1, "thaw"));
                foreach (var span in spans)
                    scopeSpans.Part(2, part => Write(span, part));
            });
        }));

    private static void Write(TraceSpan span, Writer to)
    {
        to.Bytes(1, Convert.FromHexString(span.TraceId));
        to.Bytes(2, Convert.FromHexString(span.SpanId));
        if (span.ParentId is { } parent)
            to.Bytes(4, Convert.FromHexString(parent));
        to.Text(5, span.Name);
        to.Whole(6, OtlpWords.Kind(span));
        to.Fixed(7, TraceSpan.Nanoseconds(span.Start));
        to.Fixed(8, TraceSpan.Nanoseconds(span.End));
        foreach (var (key, value) in OtlpWords.Attributes(span))
            Attribute(to, 9, key, value);
        foreach (var link in span.Links)
        {
            to.Part(13, part =>
            {
                part.Bytes(1, Convert.FromHexString(link.TraceId));
                part.Bytes(2, Convert.FromHexString(link.SpanId));
            });
        }

        if (span.ErrorType is not null)
            to.Part(15, status => status.Whole(3, OtlpWords.StatusError));
    }

    private static void Attribute(Writer to, int field, string key, object value) => to.Part(field, pair =>
    {
        pair.Text(1, key);
        pair.Part(2, any =>
        {
            switch (value)
            {
                case bool truth:
                    any.Whole(2, truth ? 1UL : 0);
                    break;
                case long number:
                    any.Whole(3, (ulong)number);
                    break;
                default:
                    any.Text(1, value.ToString()!);
                    break;
            }
        });
    });

    private static byte[] Message(Action<Writer> write)
    {
        var writer = new Writer();
        write(writer);
        return writer.ToArray();
    }

    private sealed class Writer
    {
        private const int Varint = 0, SixtyFour = 1, Delimited = 2;

        private readonly ArrayBufferWriter<byte> bytes = new();

        public byte[] ToArray() => bytes.WrittenSpan.ToArray();

        public void Whole(int field, ulong value)
        {
            Tag(field, Varint);
            Number(value);
        }

        public void Fixed(int field, ulong value)
        {
            Tag(field, SixtyFour);
            Span<byte> little = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(little, value);
            bytes.Write(little);
        }

        public void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

        public void Part(int field, Action<Writer> write) => Bytes(field, Message(write));

        public void Bytes(int field, ReadOnlySpan<byte> value)
        {
            Tag(field, Delimited);
            Number((ulong)value.Length);
            bytes.Write(value);
        }

        private void Tag(int field, int type) => Number((ulong)((field << 3) | type));

        private void Number(ulong value)
        {
            for (; value > 0x7F; value >>= 7)
                bytes.Write([(byte)(value | 0x80)]);
            bytes.Write([(byte)value]);
        }
    }
}
