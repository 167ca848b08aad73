namespace Thaw.WarmProfile;

/// <summary>
/// A place in a method where the runtime counted: how often it was passed, or which types, methods or values came by. The kind says which,
/// and what the values are; what it means by its other number is between the two compilers.
/// </summary>
internal sealed record Probe(int Kind, int Offset, int Other, long[] Values)
{
    private const int ValueMask = 0xF, TypeValue = 3, MethodValue = 4;
    private const int Blocks = 1, Edges = 6, KindShift = 6;

    public bool HoldsTypes => (Kind & ValueMask) == TypeValue;

    public bool HoldsMethods => (Kind & ValueMask) == MethodValue;

    /// <summary>Whether this place was passed so often.</summary>
    public bool Reaches(int times) => Kind >> KindShift is Blocks or Edges && Values.Any(value => value >= times);

    /// <summary>Reads how the runtime packs them: each says only what differs from the one before, and every value by how much.</summary>
    public static List<Probe> Read(ReadOnlySpan<byte> packed)
    {
        var probes = new List<Probe>();
        long offset = 0, kind = 0, count = 0, other = 0;
        var last = new long[MethodValue + 1];
        while (!packed.IsEmpty)
        {
            var differs = Number(ref packed);
            if ((differs & 1) != 0)
                offset += Number(ref packed);
            if ((differs & 2) != 0)
                kind += Number(ref packed);
            if ((differs & 4) != 0)
                count += Number(ref packed);
            if ((differs & 8) != 0)
                other += Number(ref packed);
            if (kind == 0)
                break;

            var values = new long[(kind & ValueMask) == 0 ? 0 : count];
            // Numbers of four and of eight bytes follow upon each other.
            ref var before = ref last[(kind & ValueMask) < TypeValue ? 0 : kind & ValueMask];
            for (var at = 0; at < values.Length; at++)
                values[at] = before += Number(ref packed);
            probes.Add(new Probe((int)kind, (int)offset, (int)other, values));
        }
        return probes;
    }

    // One, two, five or nine bytes, by the first; in the short ones the sign is the last bit.
    private static long Number(ref ReadOnlySpan<byte> packed)
    {
        var first = packed[0];
        var length = first switch { < 0x80 => 1, < 0xC0 => 2, 0xC1 => 9, _ => 5 };
        var value = length switch { 1 => first, 2 => first & 0x3FL, _ => packed[1] >= 0x80 ? -1L : 0 };
        for (var at = 1; at < length; at++)
            value = value << 8 | packed[at];
        packed = packed[length..];
        return length switch
        {
            1 => (value >> 1) | ((value & 1) != 0 ? -1L << 6 : 0),
            2 => (value >> 1) | ((value & 1) != 0 ? -1L << 13 : 0),
            _ => value,
        };
    }
}
