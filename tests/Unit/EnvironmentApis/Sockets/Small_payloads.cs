using System.Runtime.InteropServices;
using Thaw.EnvironmentApis.Sockets;

namespace Thaw.UnitTests.EnvironmentApis.Sockets;

public class Small_payloads
{
    private const int MostBytes = 4 * 1024;

    [Fact]
    public void Are_copies()
    {
        byte[] original = [1, 2, 3];
        var copy = Payloads.Copy(original);
        original[0] = 9;
        Assert.Equal([1, 2, 3], copy.ToArray());
        Assert.Equal(MostBytes, Payloads.Copy(new byte[MostBytes]).Length);
    }

    [Fact]
    public void Are_used_again_once_they_are_given_back()
    {
        var first = Payloads.Copy([1]);
        Assert.NotSame(ArrayOf(first), ArrayOf(Payloads.Copy([2])));
        Payloads.GiveBack(first);
        Assert.Same(ArrayOf(first), ArrayOf(Payloads.Copy([3])));
    }

    [Fact]
    public void Are_lent_to_one_at_a_time_even_if_they_come_back_twice()
    {
        var payload = Payloads.Copy([1]);
        Payloads.GiveBack(payload);
        Payloads.GiveBack(payload);
        Assert.NotSame(ArrayOf(Payloads.Copy([2])), ArrayOf(Payloads.Copy([3])));
    }

    [Fact]
    public void Are_never_what_somebody_else_has_made()
    {
        var foreign = new byte[MostBytes];
        Assert.False(Payloads.WantsBack(foreign));
        Payloads.GiveBack(foreign);
        Assert.NotSame(foreign, ArrayOf(Payloads.Copy([1])));
    }

    [Fact]
    public void Need_not_come_back_when_they_are_too_long_to_be_small() =>
        Assert.False(Payloads.WantsBack(Payloads.Copy(new byte[MostBytes + 1])));

    [Fact]
    public void Are_kept_by_a_thread_but_a_few()
    {
        var many = Enumerable.Range(0, 20).Select(_ => Payloads.Copy([1])).ToList();
        many.ForEach(Payloads.GiveBack);
        var known = many.Select(ArrayOf).ToHashSet();
        Assert.Equal(4, Enumerable.Range(0, 20).Count(_ => known.Contains(ArrayOf(Payloads.Copy([2])))));
    }

    private static byte[] ArrayOf(ReadOnlyMemory<byte> memory)
    {
        Assert.True(MemoryMarshal.TryGetArray(memory, out var segment));
        return segment.Array!;
    }
}
