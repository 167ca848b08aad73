using System.Text;

namespace Thaw.WarmProfile;

/// <summary>
/// The events of a file that EventPipe wrote: a word, then named objects one after the other. Those whose events we want hold a header
/// and events packed so that each says only what differs from the one before.
/// </summary>
internal static class Nettrace
{
    private const byte Nothing = 1, Begin = 5;

    private static ReadOnlySpan<byte> Opening => "Nettrace\x14\0\0\0!FastSerialization.1"u8;

    /// <summary>Tells of each event of the provider, in the order of the file: its number and what it carries.</summary>
    public static void Read(byte[] file, string provider, Action<int, ReadOnlyMemory<byte>> told)
    {
        if (!file.AsSpan().StartsWith(Opening))
            throw new InvalidDataException("this is no trace of EventPipe");

        // What the events' first number means: from blocks of their own.
        var numbers = new Dictionary<int, int>();
        var at = Opening.Length;
        while (file[at] == Begin && file[at + 1] == Begin && file[at + 2] == Nothing)
        {
            var nameLength = BitConverter.ToInt32(file, at + 11);
            var name = Encoding.ASCII.GetString(file, at + 15, nameLength);
            at += 15 + nameLength + 1;
            if (name == "Trace")
            {
                at += 48 + 1;
                continue;
            }

            var size = BitConverter.ToInt32(file, at);
            at = (at + 4 + 3) & ~3;
            var block = file.AsMemory(at, size);
            at += size + 1;
            if (name == "MetadataBlock")
                Each(block, (_, payload) => Learn(payload.Span));
            else if (name == "EventBlock")
                Each(block, (metadata, payload) => Tell(metadata, payload));
        }

        void Learn(ReadOnlySpan<byte> definition)
        {
            var payload = new Payload(definition);
            var id = payload.Int32();
            if (payload.Text() == provider)
                numbers[id] = payload.Int32();
        }

        void Tell(int metadata, ReadOnlyMemory<byte> payload)
        {
            if (numbers.TryGetValue(metadata, out var number))
                told(number, payload);
        }
    }

    private static void Each(ReadOnlyMemory<byte> block, Action<int, ReadOnlyMemory<byte>> told)
    {
        var header = new Payload(block.Span);
        var headerSize = header.UInt16();
        if ((header.UInt16() & 1) == 0)
            throw new InvalidDataException("the trace's events are not packed");

        int metadata = 0, size = 0;
        var events = new Payload(block.Span[headerSize..]);
        while (!events.Rest.IsEmpty)
        {
            var says = events.Byte();
            if ((says & 1) != 0)
                metadata = (int)events.Varying();
            if ((says & 2) != 0)
            {
                events.Varying();    // How many came before, from which thread, on which processor.
                events.Varying();
                events.Varying();
            }
            if ((says & 4) != 0)
                events.Varying();    // The thread.
            if ((says & 8) != 0)
                events.Varying();    // The stack.
            events.Varying();        // The time.
            if ((says & 16) != 0)
                events.Take(16);     // The activity, and the one that it belongs to.
            if ((says & 32) != 0)
                events.Take(16);
            if ((says & 128) != 0)
                size = (int)events.Varying();
            told(metadata, block.Slice(block.Length - events.Rest.Length, size));
            events.Take(size);
        }
    }
}
