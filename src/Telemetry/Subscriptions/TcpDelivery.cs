using Thaw.Contracts;

namespace Thaw.Telemetry.Subscriptions;

/// <summary>Telemetry over plain TCP, one JSON object per line, on one connection for as long as it lasts; spec: ENV-094.</summary>
internal sealed class TcpDelivery(Destination.Tcp to, Func<int, CancellationToken, ValueTask<Stream>> connect) : IDelivery
{
    private const int PieceBytes = 16 * 1024;

    private readonly byte[] unwanted = new byte[256];
    private Stream? connection;
    private Task<int>? hearing;
    private int taken;

    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> batch, CancellationToken giveUp)
    {
        if (IsOver())
            await CloseAsync();
        try
        {
            connection ??= await connect(to.Port, giveUp);
            hearing ??= connection.ReadAsync(unwanted, CancellationToken.None).AsTask();
            while (taken < batch.Length)
            {
                var piece = WholeRecords(batch[taken..]);
                await connection.WriteAsync(piece, giveUp);
                taken += piece.Length;
            }
        }
        catch (Exception)
        {
            // What the kernel has taken counts as arrived, the rest goes by another connection.
            await CloseAsync();
            throw;
        }

        taken = 0;
        return true;
    }

    public async ValueTask CloseAsync()
    {
        if (connection is { } closing)
        {
            (connection, hearing) = (null, null);
            await closing.DisposeAsync();
        }
    }

    public ValueTask DisposeAsync() => CloseAsync();

    // Without asking, a listener's farewell would be noticed one batch too late.
    private bool IsOver()
    {
        if (hearing is not { IsCompleted: true })
            return false;
        if (!hearing.IsCompletedSuccessfully || hearing.Result == 0)
            return true;
        hearing = null;
        return false;
    }

    private static ReadOnlyMemory<byte> WholeRecords(ReadOnlyMemory<byte> rest)
    {
        if (rest.Length <= PieceBytes)
            return rest;
        var end = rest.Span[..PieceBytes].LastIndexOf((byte)'\n');
        if (end < 0)
            end = rest.Span.IndexOf((byte)'\n');
        return rest[..(end + 1)];
    }
}
