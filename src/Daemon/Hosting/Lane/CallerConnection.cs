using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.ServiceApi;
using Thaw.EnvironmentApis.Lane;
using Thaw.EnvironmentApis.Sockets;

namespace Thaw.Daemon.Hosting.Lane;

/// <summary>
/// A caller's connection as long as it is in the lane: until a request is not plain, or does not come at once, or is over.
///
///   | served before | the request, head and body | the next ones, or a part | room |
///                   ^ start                                                 ^ end
/// </summary>
internal sealed class CallerConnection(LaneSocket socket, CallerLane lane)
{
    /// <summary>
    /// A request has to be shorter, head and body together, or have a <see cref="LongBody"/>. It stays with a connection that has nothing
    /// to do.
    /// </summary>
    public const int BufferBytes = 8 * 1024;

    /// <summary>So many take a few milliseconds at most.</summary>
    private const int StepsAtOnce = 128;

    private readonly byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferBytes);
    private readonly LastHeaders headers = new();
    private readonly Lock gate = new();
    private int start, end;
    private bool isServing;
    private bool isOver;
    private long idleSince = lane.Time.GetTimestamp();

    /// <summary>What came and was not served here.</summary>
    public ReadOnlyMemory<byte> Unread => buffer.AsMemory(start, end - start);

    /// <summary>Ends it, unless it is being served or was used within that time.</summary>
    public void EndIfIdle(TimeSpan longest)
    {
        lock (gate)
        {
            if (isServing || isOver || lane.Time.GetElapsedTime(idleSince) < longest)
                return;
            isOver = true;
        }

        socket.EndReceiving();
    }

    /// <summary>Ends it at once.</summary>
    public void Abort()
    {
        lock (gate)
            isOver = true;
        socket.Dispose();
    }

    /// <summary>Serves it while its requests are plain.</summary>
    /// <returns>Whether it is over; otherwise what is unread is not for the lane.</returns>
    public async Task<bool> ServeAsync(Invoke invoke)
    {
        var output = new PlainOutput(socket, lane.Date);
        var call = new PlainInvokeCall(output, lane.NewId);
        for (var steps = 1; ; steps++)
        {
            // Who sends without end must not keep a thread that serves sockets for itself.
            if (steps == StepsAtOnce)
            {
                steps = 0;
                await Task.Yield();
            }

            SocketThreads.ForgetContext();
            var reading = PlainInvoke.Read(Unread.Span, headers, out var request);
            var isHere = reading == PlainReading.Plain && request.Bytes <= end - start;
            var isLong = reading == PlainReading.Plain && request.IsLong && !isHere;
            if (!isHere && !isLong)
            {
                if (reading == PlainReading.Other || (start != end && request.Bytes > BufferBytes) || !HasRoom())
                    return false;
                var readable = socket.ReadableAsync();
                if (!readable.IsCompleted)
                    steps = 0;

                // Kestrel knows how long to be patient with those who write slowly.
                if (start == end)
                    await readable;
                else if (!await LaneSocket.IsSoonAsync(readable, CallerLane.Patience, lane.Time))
                    return false;
                switch (socket.Receive(buffer.AsSpan(end)))
                {
                    case 0:
                        return start == end || isOver || socket.IsBroken;
                    case > 0 and var count:
                        end += count;
                        break;
                }

                continue;
            }

            var longBody = isLong
                ? new LongBody(request.BodyBytes, Unread[request.HeadBytes..], socket, CallerLane.LongPatience, lane.Time)
                : null;
            if (!Begin())
                return true;
            call.Begin(request, isLong ? Unread[..request.HeadBytes] : Unread[..request.Bytes], longBody);
            try
            {
                if (await invoke.AnswerAsync(call) is { } refusal)
                    await call.RefuseAsync(refusal);
            }
#pragma warning disable CA1031 // As in PublicApplication: a fault of ours costs its caller the answer, but not the form of it.
            catch (Exception fault) when (!call.HasAnswered)
#pragma warning restore CA1031
            {
                await call.RefuseAsync(LambdaError.Fault(fault));
            }

            start = isLong ? end : start + request.Bytes;
            if (!End() || output.IsBroken || longBody is { IsTruncated: true })
                return true;
        }
    }

    private bool HasRoom()
    {
        if (start == end)
            (start, end) = (0, 0);
        else if (end == BufferBytes && start > 0)
            MoveToFront();
        return end < BufferBytes;
    }

    private void MoveToFront()
    {
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        (start, end) = (0, end - start);
    }

    private bool Begin()
    {
        lock (gate)
        {
            isServing = !isOver;
            return isServing;
        }
    }

    private bool End()
    {
        lock (gate)
        {
            isServing = false;
            idleSince = lane.Time.GetTimestamp();
            return !isOver && !lane.IsDraining;
        }
    }
}
