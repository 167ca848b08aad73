using System.Text;
using Thaw.Contracts;
using Thaw.Telemetry.Subscriptions;

namespace Thaw.UnitTests.Telemetry.Subscriptions;

public sealed class Tcp_delivery : IDisposable
{
    private readonly ListenerSocket listener = new();

    [Fact, Trait("Spec", "ENV-094")]
    public async Task Writes_one_record_per_line_on_one_connection()
    {
        await using var delivery = Delivery();
        Assert.True(await delivery.SendAsync(Bytes("{\"a\":1}\n{\"b\":2}\n"), CancellationToken.None));
        Assert.True(await delivery.SendAsync(Bytes("{\"c\":3}\n"), CancellationToken.None));

        using var connection = await listener.AcceptAsync();
        Assert.Equal("{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n", await ListenerSocket.ReadUntilAsync(connection, "3}\n"));
    }

    [Fact]
    public async Task Notices_that_the_listener_has_gone_before_it_writes()
    {
        await using var delivery = Delivery();
        await delivery.SendAsync(Bytes("1\n"), CancellationToken.None);
        var first = await listener.AcceptAsync();
        await ListenerSocket.ReadUntilAsync(first, "1\n");
        await first.DisposeAsync();
        await Task.Delay(20, TestContext.Current.CancellationToken);

        Assert.True(await delivery.SendAsync(Bytes("2\n"), CancellationToken.None));
        using var second = await listener.AcceptAsync();
        Assert.Equal("2\n", await ListenerSocket.ReadUntilAsync(second, "2\n"));
    }

    [Fact]
    public async Task Minds_nothing_that_the_listener_writes()
    {
        await using var delivery = Delivery();
        await delivery.SendAsync(Bytes("1\n"), CancellationToken.None);
        using var connection = await listener.AcceptAsync();
        await ListenerSocket.WriteAsync(connection, "thank you\n");
        await Task.Delay(20, TestContext.Current.CancellationToken);
        await delivery.SendAsync(Bytes("2\n"), CancellationToken.None);
        await delivery.SendAsync(Bytes("3\n"), CancellationToken.None);

        Assert.Equal("1\n2\n3\n", await ListenerSocket.ReadUntilAsync(connection, "3\n"));
    }

    [Fact, Trait("Spec", "ENV-097")]
    public async Task Goes_on_with_the_first_record_that_was_not_taken()
    {
        await using var delivery = Delivery();
        var batch = Bytes(string.Concat(Enumerable.Range(0, 20_000).Select(number => $"{{\"record\":\"{number,1000}\"}}\n")));
        using var giveUp = new CancellationTokenSource();
        var sending = delivery.SendAsync(batch, giveUp.Token).AsTask();
        using var first = await listener.AcceptAsync();
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(sending.IsCompleted);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        var taken = NumbersOf(await ListenerSocket.ReadUntilAsync(first, "?"));

        var again = delivery.SendAsync(batch, CancellationToken.None).AsTask();
        using var second = await listener.AcceptAsync();
        var rest = NumbersOf(await ListenerSocket.ReadUntilAsync(second, "19999\"}\n"));
        Assert.True(await again);
        Assert.Equal(Enumerable.Range(rest[0], 20_000 - rest[0]), rest);
        Assert.InRange(rest[0], 1, taken[^1] + 1);
    }

    public void Dispose() => listener.Dispose();

    private TcpDelivery Delivery() => new(new Destination.Tcp(listener.Port), listener.ConnectAsync);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    // Of the whole lines only: a connection that is given up may end within one.
    private static List<int> NumbersOf(string text) =>
    [
        .. text.Split('\n').Where(line => line.EndsWith("\"}", StringComparison.Ordinal))
            .Select(line => int.Parse(line.Split('"')[3], System.Globalization.CultureInfo.InvariantCulture)),
    ];
}
