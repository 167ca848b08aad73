using System.Buffers;
using System.Text;
using Thaw.Contracts;

namespace Thaw.Telemetry.Subscriptions;

/// <summary>
/// Telemetry over HTTP, a JSON array in each request, on one connection for as long as the listener keeps it; spec: ENV-094.
/// </summary>
/// <remarks>
/// A client of our own: it speaks to programs of customers through whatever leads into their sandbox, wants one number of each answer,
/// and costs a program that has no other need for .NET's client neither size nor time to start.
/// </remarks>
internal sealed class HttpDelivery(Destination.Http to, Func<int, CancellationToken, ValueTask<Stream>> connect) : IDelivery
{
    private const int PieceBytes = 16 * 1024;

    private Stream? connection;

    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> batch, CancellationToken giveUp)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            // A listener may have ended a connection that lay idle, and that is no failure.
            if (connection is not null)
            {
                try
                {
                    return await ExchangeAsync(batch, buffer, giveUp);
                }
                catch (IOException)
                {
                    await CloseAsync();
                }
            }

            connection = await connect(to.Port, giveUp);
            return await ExchangeAsync(batch, buffer, giveUp);
        }
        catch (Exception)
        {
            await CloseAsync();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async ValueTask CloseAsync()
    {
        if (connection is { } closing)
        {
            connection = null;
            await closing.DisposeAsync();
        }
    }

    public ValueTask DisposeAsync() => CloseAsync();

    private async Task<bool> ExchangeAsync(ReadOnlyMemory<byte> batch, byte[] buffer, CancellationToken giveUp)
    {
        await WriteAsync(batch, buffer, giveUp);
        var answer = await HttpListenerAnswer.ReadAsync(connection!, buffer, giveUp);
        if (!answer.KeepsConnection)
            await CloseAsync();
        return answer.Status is >= 200 and < 300;
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> batch, byte[] buffer, CancellationToken giveUp)
    {
        // Records end with newlines and have none within; in the array, commas and a bracket stand there.
        var head = $"{to.Method} {to.PathAndQuery} HTTP/1.1\r\nHost: {to.Host}:{to.Port}\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {batch.Length + 1}\r\n\r\n[";
        if (head.Length > buffer.Length)
            throw new InvalidOperationException("The path of a listener is longer than a subscription may tell.");
        var filled = Encoding.ASCII.GetBytes(head, buffer);
        for (var sent = 0; sent < batch.Length;)
        {
            var piece = Math.Min(buffer.Length - filled, batch.Length - sent);
            batch.Span.Slice(sent, piece).Replace(buffer.AsSpan(filled), (byte)'\n', (byte)',');
            (filled, sent) = (filled + piece, sent + piece);
            if (sent == batch.Length)
                buffer[filled - 1] = (byte)']';
            await connection!.WriteAsync(buffer.AsMemory(0, filled), giveUp);
            filled = 0;
        }
    }
}
