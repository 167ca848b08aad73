using System.Runtime.InteropServices;
using Thaw.Linux;
using Thaw.Linux.AgentProtocol;

namespace Thaw.Agent;

/// <summary>
/// The agent's end of the control link. It never blocks: what the daemon does not take yet waits in <see cref="Outbox"/>.
/// </summary>
internal sealed unsafe class HostLink
{
    private const int ReceiveBytes = 16 * 1024;

    private readonly ByteQueue inbox = new();
    private int taken;

    /// <summary>Frames for the daemon, not sent yet.</summary>
    internal ByteQueue Outbox { get; } = new();

    /// <summary>The daemon will say nothing more. It may still listen.</summary>
    internal bool IsEnded { get; private set; }

    /// <summary>Nobody listens any more.</summary>
    internal bool IsBroken { get; private set; }

    /// <summary>Takes what has arrived. Unread frames are bounded: there is one at most that is not complete.</summary>
    internal void Receive()
    {
        Forget();
        fixed (byte* room = inbox.Room(ReceiveBytes).Span)
        {
            var count = Syscalls.recv(AgentDescriptors.Link, room, ReceiveBytes, Syscalls.MSG_DONTWAIT);
            if (count > 0)
                inbox.Append((int)count);
            else if (count == 0)
                IsEnded = true;
            else if (Marshal.GetLastPInvokeError() is not (Errno.EAGAIN or Errno.EINTR))
                Break();
        }
    }

    /// <summary>The next frame that is complete, valid until the next call of this object.</summary>
    internal bool TryTake(out Frame frame)
    {
        Forget();
        return Frame.TryRead(inbox.Bytes, out frame, out taken);
    }

    /// <summary>Sends as much as the daemon takes.</summary>
    internal void Flush()
    {
        while (Outbox.Count > 0 && !IsBroken)
        {
            fixed (byte* bytes = Outbox.Bytes)
            {
                const int Flags = Syscalls.MSG_DONTWAIT | Syscalls.MSG_NOSIGNAL;
                var count = Syscalls.send(AgentDescriptors.Link, bytes, (nuint)Outbox.Count, Flags);
                if (count >= 0)
                    Outbox.Consume((int)count);
                else if (Marshal.GetLastPInvokeError() is var error && error == Errno.EAGAIN)
                    return;
                else if (error != Errno.EINTR)
                    Break();
            }
        }
    }

    internal void Break()
    {
        IsBroken = IsEnded = true;
        Outbox.Clear();
    }

    private void Forget()
    {
        inbox.Consume(taken);
        taken = 0;
    }
}
