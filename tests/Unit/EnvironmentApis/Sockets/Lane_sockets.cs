using System.Net;
using System.Net.Sockets;
using Thaw.EnvironmentApis.Sockets;

namespace Thaw.UnitTests.EnvironmentApis.Sockets;

public sealed class Lane_sockets : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly List<IDisposable> open = [];

    public void Dispose() => open.ForEach(one => one.Dispose());

    [Fact]
    public async Task Wait_only_when_everything_that_was_there_is_read()
    {
        var (lane, client) = Connect();
        client.Send("abcd"u8);
        await ReadableAsync(lane);
        Assert.Equal("ab", Receive(lane, 2));
        Assert.True(lane.ReadableAsync().AsTask().IsCompleted);
        Assert.Equal("cd", Receive(lane, 3));

        var readable = lane.ReadableAsync().AsTask();
        Assert.False(readable.IsCompleted);
        client.Send("e"u8);
        await Soon(readable);
        Assert.Equal("e", Receive(lane, 2));
    }

    [Fact]
    public async Task See_an_end_that_came_together_with_the_last_bytes()
    {
        var (lane, client) = Connect();
        client.Send("last"u8);
        client.Shutdown(SocketShutdown.Send);
        await ReadableAsync(lane);
        Assert.Equal("last", Receive(lane, 100));

        await ReadableAsync(lane);
        Assert.Equal("", Receive(lane, 100));
        Assert.False(lane.IsBroken);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Go_on_when_somebody_closes_them_and_are_broken_then(bool aborted)
    {
        var (lane, _) = Connect();
        var readable = WaitForNothing(lane);
        if (aborted)
            lane.Abort();
        else
            lane.Dispose();

        await Soon(readable);
        Assert.Equal(0, lane.Receive(new byte[1]));
        Assert.True(lane.IsBroken);
        Assert.True(lane.Send("x"u8) < 0);
        Assert.True(lane.ReadableAsync().AsTask().IsCompleted);
        Assert.True(lane.WritableAsync().AsTask().IsCompleted);
    }

    [Fact]
    public async Task Are_broken_when_the_other_end_breaks_off()
    {
        var (lane, client) = Connect();
        var readable = WaitForNothing(lane);
        client.Close(timeout: 0);
        await Soon(readable);
        Assert.Equal(0, lane.Receive(new byte[1]));
        Assert.True(lane.IsBroken);
    }

    [Fact]
    public async Task Go_on_with_nothing_when_they_are_woken()
    {
        var (lane, client) = Connect();
        var readable = WaitForNothing(lane);
        lane.Wake();
        await Soon(readable);
        Assert.True(lane.Receive(new byte[1]) < 0);

        client.Send("x"u8);
        await ReadableAsync(lane);
        Assert.Equal("x", Receive(lane, 10));
    }

    [Fact]
    public async Task Go_on_sending_when_a_slow_reader_has_made_room()
    {
        var (lane, client) = Connect();
        var bytes = new byte[100_000];
        long sent = 0;
        for (int count; (count = lane.Send(bytes)) > 0;)
            sent += count;
        var writable = lane.WritableAsync().AsTask();
        Assert.False(writable.IsCompleted);

        var reading = ReadToEndAsync(client);
        await Soon(writable);
        Assert.True(lane.Send("end"u8) > 0);
        lane.Dispose();
        Assert.Equal(sent + 3, await reading.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Do_not_take_an_end_for_room_to_send()
    {
        var (lane, client) = Connect();
        client.Shutdown(SocketShutdown.Send);
        while (lane.Send(new byte[100_000]) > 0)
        {
        }

        var writable = lane.WritableAsync().AsTask();
        await Soon(lane.ReadableAsync().AsTask());
        Assert.Equal("", Receive(lane, 10));
        Assert.False(writable.IsCompleted);

        var reading = ReadToEndAsync(client);
        await Soon(writable);
        lane.Dispose();
        await reading;
    }

    [Fact]
    public async Task Are_somebody_elses_when_they_are_released()
    {
        var (lane, client) = Connect();
        client.Send("x"u8);
        await ReadableAsync(lane);
        Receive(lane, 10);
        lane.Wake();
        await Soon(lane.ReadableAsync().AsTask());

        var socket = lane.Release();
        client.Send("y"u8);
        var buffer = new byte[10];
        Assert.Equal(1, await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Answer_each_of_many_who_ask_at_once()
    {
        var pairs = Enumerable.Range(0, 200).Select(_ => Connect()).ToArray();
        var echoes = pairs.Select(pair => EchoAsync(pair.Lane)).ToArray();

        var asking = Task.WhenAll(pairs.Select((pair, at) => AskAsync(pair.Client, (byte)at)));
        await asking.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Array.ForEach(pairs, pair => pair.Client.Dispose());
        await Task.WhenAll(echoes).WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    private static async Task EchoAsync(LaneSocket lane)
    {
        var room = new byte[16];
        while (true)
        {
            await lane.ReadableAsync();
            var count = lane.Receive(room);
            if (count == 0)
                break;
            if (count > 0)
                Assert.Equal(count, lane.Send(room.AsSpan(0, count)));
        }

        lane.Dispose();
    }

    private static async Task AskAsync(Socket client, byte letter)
    {
        var answer = new byte[1];
        for (var times = 0; times < 50; times++)
        {
            await client.SendAsync(new[] { letter });
            Assert.Equal(1, await client.ReceiveAsync(answer));
            Assert.Equal(letter, answer[0]);
        }
    }

    private static async Task<long> ReadToEndAsync(Socket client)
    {
        var buffer = new byte[100_000];
        long read = 0;
        for (int count; (count = await client.ReceiveAsync(buffer)) > 0;)
            read += count;
        return read;
    }

    // What is not there is looked for once, so that the next look waits.
    private static Task WaitForNothing(LaneSocket lane)
    {
        Assert.True(lane.Receive(new byte[1]) < 0);
        var readable = lane.ReadableAsync().AsTask();
        Assert.False(readable.IsCompleted);
        return readable;
    }

    private static Task ReadableAsync(LaneSocket lane) => Soon(lane.ReadableAsync().AsTask());

    private static Task Soon(Task ready) => ready.WaitAsync(Patience, TestContext.Current.CancellationToken);

    private static string Receive(LaneSocket lane, int room)
    {
        var buffer = new byte[room];
        var count = lane.Receive(buffer);
        Assert.True(count >= 0);
        return System.Text.Encoding.ASCII.GetString(buffer, 0, count);
    }

    private (LaneSocket Lane, Socket Client) Connect()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.Connect(listener.LocalEndPoint!);
        var lane = new LaneSocket(listener.Accept());
        open.AddRange(client, lane);
        return (lane, client);
    }
}
