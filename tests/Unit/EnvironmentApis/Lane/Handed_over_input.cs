using System.IO.Pipelines;
using System.Text;
using Thaw.EnvironmentApis.Lane;

namespace Thaw.UnitTests.EnvironmentApis.Lane;

public class Handed_over_input
{
    private readonly Pipe socket = new();
    private readonly HandedOverInput input;

    public Handed_over_input() => input = new HandedOverInput("from the lane "u8.ToArray(), socket.Reader);

    [Fact]
    public async Task Begins_with_what_the_lane_has_received()
    {
        await SendAsync("and the socket");
        Assert.Equal("from the lane ", await ReadAsync(consumed: 14));
        Assert.Equal("and the socket", await ReadAsync(consumed: 4));
        Assert.Equal("the socket", await ReadAsync(consumed: 10));
        Assert.False(input.TryRead(out _));
    }

    [Fact]
    public async Task Keeps_what_is_not_consumed_before_what_comes_later()
    {
        Assert.Equal("from the lane ", await ReadAsync(consumed: 5));
        var more = input.ReadAsync(TestContext.Current.CancellationToken);
        Assert.False(more.IsCompleted);
        await SendAsync(new string('x', 1000));
        var read = await more;
        Assert.Equal("the lane " + new string('x', 1000), Encoding.ASCII.GetString(read.Buffer));
        input.AdvanceTo(read.Buffer.GetPosition(9));

        Assert.True(input.TryRead(out read));
        Assert.Equal(1000, read.Buffer.Length);
        input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        Assert.False(input.TryRead(out _));
        await SendAsync("y");
        Assert.True(input.TryRead(out read));
        Assert.Equal(new string('x', 1000) + "y", Encoding.ASCII.GetString(read.Buffer));
        input.AdvanceTo(read.Buffer.End);
    }

    [Fact]
    public async Task Tells_the_end_behind_the_last_byte()
    {
        await socket.Writer.CompleteAsync();
        var read = await input.ReadAsync(TestContext.Current.CancellationToken);
        Assert.False(read.IsCompleted);
        for (var again = 0; again < 2; again++)
        {
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await input.ReadAsync(TestContext.Current.CancellationToken);
            Assert.Equal((true, 14), (read.IsCompleted, read.Buffer.Length));
        }

        input.AdvanceTo(read.Buffer.End);
        read = await input.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal((true, 0), (read.IsCompleted, read.Buffer.Length));
    }

    private async Task<string> ReadAsync(int consumed)
    {
        var read = await input.ReadAsync(TestContext.Current.CancellationToken);
        var text = Encoding.ASCII.GetString(read.Buffer);
        var at = read.Buffer.GetPosition(consumed);
        input.AdvanceTo(at, consumed == 5 ? read.Buffer.End : at);
        return text;
    }

    private async Task SendAsync(string text) => await socket.Writer.WriteAsync(Encoding.ASCII.GetBytes(text));
}
