using System.Net.Sockets;
using Thaw.EnvironmentApis.Sockets;

namespace Thaw.EnvironmentApis.Lane;

/// <summary>The answers on their way to the client. A small one takes one system call, a large body is not copied.</summary>
/// <param name="socket">It does not block: what the kernel has no room for waits without a thread.</param>
public sealed class PlainOutput(Socket socket, DateLine date)
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
        var sent = SendAtOnce(first.Span);
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

    // Mostly the kernel has room for all of it.
    private int SendAtOnce(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Math.Max(0, socket.Send(bytes, SocketFlags.None, out _));
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }

    private async Task SendRestAsync(byte[] block, ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> behind)
    {
        try
        {
            await SendAllAsync(first);
            await SendAllAsync(behind);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            IsBroken = true;
        }
        finally
        {
            GiveBack(block);
        }
    }

    private async ValueTask SendAllAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
    }

    private static void GiveBack(byte[] block)
    {
        if (block.Length == SocketBlocks.BlockBytes)
            SocketBlocks.Shared.Return(block);
    }
}
