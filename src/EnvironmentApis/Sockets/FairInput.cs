using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Thaw.EnvironmentApis.Sockets;

/// <summary>
/// What a client sends, for a server whose requests are served on the threads that wait for sockets. One who sends without end, requests
/// behind requests, would keep such a thread for itself: every so often a read goes to the thread pool, where all take turns.
/// </summary>
/// <param name="socket">It stops taking what the socket has when nobody reads, and so gives the thread back.</param>
public sealed class FairInput(PipeReader socket) : PipeReader
{
    /// <summary>So many take a few milliseconds at most, and so few changes of threads cost nothing.</summary>
    private const int ReadsAtOnce = 128;

    private int reads;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        ++reads < ReadsAtOnce ? socket.ReadAsync(cancellationToken) : ReadInTurnAsync(cancellationToken);

    public override bool TryRead(out ReadResult result) => socket.TryRead(out result);

    public override void AdvanceTo(SequencePosition consumed) => socket.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => socket.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => socket.CancelPendingRead();

    public override void Complete(Exception? exception = null) => socket.Complete(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadInTurnAsync(CancellationToken stop)
    {
        reads = 0;
        await Task.Yield();
        return await socket.ReadAsync(stop);
    }
}
