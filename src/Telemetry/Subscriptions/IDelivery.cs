namespace Thaw.Telemetry.Subscriptions;

/// <summary>The way to one subscriber's listener.</summary>
public interface IDelivery : IAsyncDisposable
{
    /// <summary>Brings a batch. False when it did not arrive: the same batch will be tried again.</summary>
    /// <param name="batch">One record behind the other, each a JSON object that ends with a newline; spec 4.3.</param>
    /// <param name="giveUp">Fires when the attempt has lasted too long, or nobody will be left to listen.</param>
    ValueTask<bool> SendAsync(ReadOnlyMemory<byte> batch, CancellationToken giveUp);

    /// <summary>Leaves nothing open; the next batch goes by another connection.</summary>
    ValueTask CloseAsync();
}
