using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Thaw.EnvironmentApis;

/// <summary>
/// What a client sends. Its end is told plainly between requests; in the middle of one it is an error of the read, because that is
/// the one way after which Kestrel still sends the answer, and then ends the connection without a word.
/// </summary>
internal sealed class ParticipantInput(PipeReader socket) : PipeReader
{
    private bool isServing;
    private bool endedEarly;
    private long? leftAtTheEnd;

    public bool IsServing
    {
        set => (isServing, leftAtTheEnd) = (value, null);
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var read = socket.ReadAsync(cancellationToken);
        return read.IsCompletedSuccessfully ? new(Told(read.Result)) : AwaitAsync(read);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!socket.TryRead(out result))
            return false;
        result = Told(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => socket.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => socket.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => socket.CancelPendingRead();

    public override void Complete(Exception? exception = null) => socket.Complete(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> AwaitAsync(ValueTask<ReadResult> read) => Told(await read);

    private ReadResult Told(ReadResult read)
    {
        if (!read.IsCompleted || !(isServing || endedEarly))
            return read;

        // Nothing more will come: whoever takes none of what is left, and asks again, needs more than there is.
        endedEarly = endedEarly || leftAtTheEnd == read.Buffer.Length;
        if (endedEarly)
        {
            socket.AdvanceTo(read.Buffer.Start);
            throw new EndOfStreamException("The request ends early.");
        }

        leftAtTheEnd = read.Buffer.Length;
        return new ReadResult(read.Buffer, read.IsCanceled, isCompleted: false);
    }
}
