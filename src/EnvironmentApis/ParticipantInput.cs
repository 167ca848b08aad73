using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Thaw.EnvironmentApis;

/// <summary>
/// What a client sends. Its end is told plainly between requests; inside one it is an error of that one read, which leaves the answer
/// possible.
/// </summary>
internal sealed class ParticipantInput(PipeReader socket) : PipeReader
{
    private bool isServing;
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
        if (!isServing || !read.IsCompleted)
            return read;

        // Nothing more will come: whoever takes none of what is left, and asks again, needs more than there is.
        if (leftAtTheEnd == read.Buffer.Length)
            throw new EndOfStreamException("The request ends early.");
        leftAtTheEnd = read.Buffer.Length;
        return new ReadResult(read.Buffer, read.IsCanceled, isCompleted: false);
    }
}
