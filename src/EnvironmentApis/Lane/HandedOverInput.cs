using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Thaw.EnvironmentApis.Lane;

/// <summary>
/// What a client sends after the lane: first the bytes that the lane has received and not served, then what the socket has. As long as
/// some of the first are left, later ones are copied behind them; that ends as soon as all that has come is consumed.
/// </summary>
public sealed class HandedOverInput(ReadOnlyMemory<byte> received, PipeReader socket) : PipeReader
{
    // What is left is bytes[from..to]; there is room behind it.
    private byte[] bytes = received.ToArray();
    private int from;
    private int to = received.Length;
    private ReadOnlySequence<byte> given;
    private bool isExamined = received.IsEmpty;
    private bool isCompleted;

    private bool HasLeft => from < to;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (!isExamined)
            return new(Given(isCanceled: false));
        return HasLeft ? AppendAsync(cancellationToken) : socket.ReadAsync(cancellationToken);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!isExamined)
        {
            result = Given(isCanceled: false);
            return true;
        }

        if (!socket.TryRead(out result))
            return false;
        if (HasLeft)
            result = Append(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!HasLeft)
        {
            socket.AdvanceTo(consumed, examined);
            return;
        }

        isExamined = given.Slice(examined).IsEmpty;
        from = to - (int)given.Slice(consumed).Length;
        if (!HasLeft)
            (bytes, given) = ([], default);
    }

    public override void CancelPendingRead() => socket.CancelPendingRead();

    public override void Complete(Exception? exception = null) => socket.Complete(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> AppendAsync(CancellationToken stop) => Append(await socket.ReadAsync(stop));

    private ReadResult Append(ReadResult more)
    {
        var count = (int)more.Buffer.Length;
        if (to + count > bytes.Length)
            MakeRoom(count);
        more.Buffer.CopyTo(bytes.AsSpan(to));
        to += count;
        isCompleted |= more.IsCompleted;
        socket.AdvanceTo(more.Buffer.End);
        return Given(more.IsCanceled);
    }

    private ReadResult Given(bool isCanceled)
    {
        given = new ReadOnlySequence<byte>(bytes, from, to - from);
        return new ReadResult(given, isCanceled, isCompleted);
    }

    // Twice what is needed: a head of a megabyte may come byte by byte.
    private void MakeRoom(int count)
    {
        var larger = new byte[2 * (to - from + count)];
        bytes.AsSpan(from, to - from).CopyTo(larger);
        (bytes, from, to) = (larger, 0, to - from);
    }
}
