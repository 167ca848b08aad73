using Thaw.EnvironmentApis.RuntimeApi;
using Thaw.EnvironmentApis.Sockets;

namespace Thaw.EnvironmentApis.Lane;

/// <summary>Serves the requests of a connection from the first one on, until one is not plain.</summary>
internal sealed class PlainRequests
{
    /// <summary>So many take a few milliseconds at most.</summary>
    private const int StepsAtOnce = 128;

    private readonly LaneConnection connection;
    private readonly LastHeaders headers = new();
    private readonly PlainInput input;
    private readonly PlainCall call;
    private readonly FailedCalls failures;
    private volatile bool isServing;

    public PlainRequests(LaneSocket socket, LaneConnection connection, LaneParts lane)
    {
        this.connection = connection;
        input = new PlainInput(socket, connection.HangUp);
        call = new PlainCall(connection, input, new PlainOutput(socket, lane.Date));
        failures = lane.Failures;
    }

    /// <summary>What came and is not served here.</summary>
    public ReadOnlyMemory<byte> Unread => input.Unread;

    /// <returns>Whether the connection is over; otherwise what is unread is not for the lane.</returns>
    public async Task<bool> ServeAsync()
    {
        for (var steps = 1; ; steps++)
        {
            // Who sends without end must not keep a thread that serves sockets for itself.
            if (steps == StepsAtOnce)
            {
                steps = 0;
                await Task.Yield();
            }

            SocketThreads.ForgetContext();
            var reading = PlainRequest.Read(input.Unread.Span, headers, out var request);
            if (reading == PlainReading.Plain && IsServedHere(request.Target) && input.TryTake(request.HeadBytes, request.BodyBytes))
            {
                try
                {
                    call.Begin(request);
                    isServing = true;
                    if (request.Target == PlainTarget.Next)
                        await Next.AnswerAsync(call, await Parked(Next.AskAsync(call)));
                    else
                        await ServeAsync(request.Target);
                }
                catch (Exception failure)
                {
                    await failures.EndAsync(call, failure);
                }

                await input.EndRequestAsync();
                isServing = false;
                if (call.EndsConnection || connection.IsOver)
                    return true;
            }
            else if (reading == PlainReading.Incomplete && !input.IsFull)
            {
                var more = input.ReceiveAsync();
                if (!more.IsCompleted)
                    steps = 0;
                if (!await more)
                    return input.IsBroken || input.Unread.IsEmpty;
            }
            else
            {
                return false;
            }
        }
    }

    /// <summary>The call for the next event that waits; nothing between two requests.</summary>
    /// <exception cref="ConnectionBusyException">Something else is under way.</exception>
    public ReadOnlyMemory<byte> ParkedRequest()
    {
        if (!isServing)
            return input.Unread.IsEmpty ? default : throw new ConnectionBusyException("a request has come in part");
        return call.IsParked && !input.HasEarly ? input.Taken.ToArray() : throw new ConnectionBusyException("a response is under way");
    }

    /// <summary>To be called once it is served or handed over.</summary>
    public void GiveBack() => input.GiveBack();

    // Kestrel answers that there is no such path.
    private bool IsServedHere(PlainTarget target) =>
        target != PlainTarget.RestoreNext || connection.Endpoint.Environment.IsSnapStart;

    private Task ServeAsync(PlainTarget target) =>
        target == PlainTarget.Response ? Response.ServeAsync(call, call.RequestId) : Parked(RestoreNext.ServeAsync(call));

    /// <summary>A call that may wait.</summary>
    private T Parked<T>(T call)
        where T : Task
    {
        if (!call.IsCompleted)
            input.Park();
        return call;
    }
}
