using Thaw.EnvironmentApis.Sockets;

namespace Thaw.UnitTests.EnvironmentApis.Sockets;

public class Large_arrays
{
    // Of a length that no other test wants.
    private const int Bytes = 300_123;

    [Fact]
    public void Are_used_again_once_they_are_given_back()
    {
        var first = LargeArrays.Take(Bytes);
        Assert.NotSame(first, LargeArrays.Take(Bytes));
        LargeArrays.GiveBack(first.AsMemory(0, Bytes));

        Assert.Same(first, LargeArrays.Take(Bytes));
    }

    [Fact]
    public void Are_lent_to_one_at_a_time_even_if_they_come_back_twice()
    {
        var array = LargeArrays.Take(Bytes);
        LargeArrays.GiveBack(array);
        LargeArrays.GiveBack(array);

        Assert.NotSame(LargeArrays.Take(Bytes), LargeArrays.Take(Bytes));
    }

    [Fact]
    public void Are_never_what_somebody_else_has_made()
    {
        var foreign = new byte[Bytes];
        LargeArrays.GiveBack(foreign);

        Assert.NotSame(foreign, LargeArrays.Take(Bytes));
    }
}
