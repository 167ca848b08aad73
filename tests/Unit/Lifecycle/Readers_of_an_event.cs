using Thaw.Lifecycle;

namespace Thaw.UnitTests.Lifecycle;

public sealed class Readers_of_an_event
{
    private readonly EventReaders readers;
    private int ends;

    public Readers_of_an_event() => readers = new(new byte[1], _ => ends++);

    [Fact]
    public void Keep_it_until_the_last_of_them_has_left()
    {
        Assert.True(readers.TryEnter());
        readers.Leave();
        Assert.True(readers.TryEnter());
        readers.Leave();
        Assert.Equal(0, ends);
        readers.Leave();
        Assert.Equal(1, ends);
    }

    [Fact]
    public void Come_too_late_once_its_owner_and_all_others_have_left()
    {
        readers.Leave();
        Assert.False(readers.TryEnter());
        Assert.Equal(1, ends);
    }

    [Fact]
    public void May_stay_longer_than_its_owner()
    {
        Assert.True(readers.TryEnter());
        readers.Leave();
        Assert.Equal(0, ends);
        Assert.True(readers.TryEnter());
        readers.Leave();
        readers.Leave();
        Assert.Equal(1, ends);
    }
}
