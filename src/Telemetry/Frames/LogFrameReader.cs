using System.Buffers;
using System.Text;

namespace Thaw.Telemetry.Frames;

/// <summary>
/// Takes apart what runtimes write to the descriptor of <c>_LAMBDA_TELEMETRY_LOG_FD</c>: one record for each frame, whatever lines it has.
/// <code>
///   between frames --head--> in a message --its last byte--> between frames
/// </code>
/// What is no frame is text up to the next head. No byte is lost, and none waits for more than its own frame's end; spec: ENV-114.
/// </summary>
/// <param name="maxMessageBytes">
/// The longest piece, in bytes; at least 4. A longer message comes in pieces with the same head, cut between UTF-8 characters where there
/// are any.
/// </param>
/// <remarks>One per pipe; not for several threads at a time.</remarks>
public sealed class LogFrameReader(int maxMessageBytes, ILogFrames to)
{
    private readonly byte[] heldHead = new byte[LogFrameHead.MaxBytes];
    private int heldHeadBytes;

    private bool isInMessage;
    private LogFrameHead head;
    private int remaining;
    private bool isContinued;
    private byte[] partial = [];
    private int held;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = isInMessage ? TakeMessage(bytes) : heldHeadBytes > 0 ? TakeHead(bytes) : Search(bytes);
    }

    /// <summary>Hands over what has come of a message that is under way; the rest will be a piece of its own.</summary>
    public void Flush()
    {
        if (held > 0)
            HandOver(held);
    }

    /// <summary>Nobody is left who could end what has begun. What follows is another writer's.</summary>
    public void End()
    {
        Flush();
        if (heldHeadBytes > 0)
            to.Text(heldHead.AsSpan(0, heldHeadBytes));
        (isInMessage, heldHeadBytes) = (false, 0);
    }

    /// <summary>Gives what follows the next head; nothing when there is none.</summary>
    private ReadOnlySpan<byte> Search(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; bytes[at..].IndexOf(LogFrameHead.FirstByte) is var next and >= 0; at++)
        {
            at += next;
            var found = LogFrameHead.Read(bytes[at..], out var length, out var messageBytes);
            if (length == 0)
                continue;
            HandOverText(bytes[..at]);
            if (length > 0)
            {
                Begin(found, messageBytes);
                return bytes[(at + length)..];
            }

            bytes[at..].CopyTo(heldHead);
            heldHeadBytes = bytes.Length - at;
            return [];
        }

        HandOverText(bytes);
        return [];
    }

    /// <summary>Completes a head that came in parts, or finds that it is none.</summary>
    private ReadOnlySpan<byte> TakeHead(ReadOnlySpan<byte> bytes)
    {
        for (var taken = 0; taken < bytes.Length;)
        {
            heldHead[heldHeadBytes++] = bytes[taken++];
            var found = LogFrameHead.Read(heldHead.AsSpan(0, heldHeadBytes), out var length, out var messageBytes);
            if (length < 0)
                continue;
            if (length > 0)
            {
                heldHeadBytes = 0;
                Begin(found, messageBytes);
                return bytes[taken..];
            }

            // It may begin later within what is held; that is searched as if it had just come.
            ReadOnlySpan<byte> no = [.. heldHead.AsSpan(0, heldHeadBytes)];
            heldHeadBytes = 0;
            HandOverText(no[..1]);
            Write(no[1..]);
            return bytes[taken..];
        }

        return [];
    }

    private void Begin(LogFrameHead begun, int messageBytes)
    {
        (head, remaining, isInMessage, isContinued) = (begun, messageBytes, true, false);
        if (messageBytes == 0)
            EndMessage([]);
    }

    private ReadOnlySpan<byte> TakeMessage(ReadOnlySpan<byte> bytes)
    {
        var taken = bytes[..Math.Min(bytes.Length, remaining)];
        remaining -= taken.Length;
        if (remaining == 0)
            EndMessage(taken);
        else
            Hold(taken);
        return bytes[taken.Length..];
    }

    private void EndMessage(ReadOnlySpan<byte> end)
    {
        isInMessage = false;

        // Usually the message lies in the caller's bytes as a whole: no copy.
        if (held == 0 && end.Length <= maxMessageBytes)
        {
            if (!isContinued || end.Length > 0)
                to.Frame(head, end);
            return;
        }

        Hold(end);
        HandOver(held);
    }

    /// <summary>Keeps the bytes, and hands over a piece whenever there would be more than the maximum.</summary>
    private void Hold(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (held == maxMessageBytes)
                HandOver(CharacterBoundary(partial.AsSpan(0, held)));
            var taken = bytes[..Math.Min(bytes.Length, maxMessageBytes - held)];
            if (partial.Length < held + taken.Length)
                Array.Resize(ref partial, Math.Min(maxMessageBytes, Math.Max(held + taken.Length, partial.Length * 2)));
            taken.CopyTo(partial.AsSpan(held));
            held += taken.Length;
            bytes = bytes[taken.Length..];
        }
    }

    private void HandOver(int piece)
    {
        isContinued = true;
        to.Frame(head, partial.AsSpan(0, piece));
        partial.AsSpan(piece, held - piece).CopyTo(partial);
        held -= piece;
    }

    private void HandOverText(ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty)
            to.Text(text);
    }

    private static int CharacterBoundary(ReadOnlySpan<byte> bytes) =>
        Rune.DecodeLastFromUtf8(bytes, out _, out var begun) == OperationStatus.NeedMoreData && begun < bytes.Length
            ? bytes.Length - begun
            : bytes.Length;
}
