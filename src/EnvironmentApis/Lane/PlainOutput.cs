using Thaw.EnvironmentApis.Sockets;

namespace Thaw.EnvironmentApis.Lane;

/// <summary>The answers on their way to the client. A small one takes one system call, a large body is not copied.</summary>
public sealed class PlainOutput(LaneSocket socket, DateLine date)
{
    /// <summary>Nothing arrives any more. That is the client's affair, so nobody is told.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Returns when the kernel has it all; a client that is slow to read keeps nobody's thread.</summary>
    public Task SendAsync(int status, List<(string Name, string Line)> headers, ReadOnlyMemory<byte> body, bool closes)
    {
        // Borrowed for one answer, so that connections at rest have none.
        var isLong = AnswerHead.MostBytes(headers) is var most && most > SocketBlocks.BlockBytes;
        var block = isLong ? new byte[most] : SocketBlocks.Shared.Take();
        var first = Fill(block, status, headers, body.Span, closes, out var rest);
        var sent = Math.Max(0, socket.Send(first.Span));
        if (sent < first.Length || rest > 0)
            return SendRestAsync(block, first[sent..], body[^rest..]);
        GiveBack(block);
        return Task.CompletedTask;
    }

    /// <summary>The head, and as much of the body as there is room for behind it.</summary>
    private ReadOnlyMemory<byte> Fill(
        byte[] block, int status, List<(string Name, string Line)> headers, ReadOnlySpan<byte> body, bool closes, out int rest)
    {
        var head = new AnswerHead(block);
        head.Write(status, headers, body.Length, closes, date.Now);
        var behind = body[..Math.Min(body.Length, block.Length - head.Bytes)];
        behind.CopyTo(block.AsSpan(head.Bytes));
        rest = body.Length - behind.Length;
        return block.AsMemory(0, head.Bytes + behind.Length);
    }

    private async Task SendRestAsync(byte[] block, ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> behind)
    {
        IsBroken = !(await TrySendAsync(first) && await TrySendAsync(behind));
        GiveBack(block);
    }

    private async ValueTask<bool> TrySendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            switch (socket.Send(bytes.Span))
            {
                case < 0:
                    return false;
                case 0:
                    await socket.WritableAsync();
                    break;
                case var sent:
                    bytes = bytes[sent..];
                    break;
            }
        }

        return true;
    }

    private static void GiveBack(byte[] block)
    {
        if (block.Length == SocketBlocks.BlockBytes)
            SocketBlocks.Shared.Return(block);
    }
}
