using Thaw.Contracts;
using Thaw.Environments;
using Thaw.Lifecycle;

namespace Thaw.Daemon.InvokeApi;

/// <summary>An invoke that may run: who calls, what for, and with which event. Dispose it when that is over.</summary>
/// <param name="Held">Where its event counts until then.</param>
internal sealed record AdmittedInvoke(
    InvokeCall Call,
    EnvironmentPlan Plan,
    InvokeHeaders Headers,
    InvokeTarget Target,
    ReadOnlyMemory<byte> Event,
    DateTimeOffset ReceivedAt,
    HeldEvents Held) : IDisposable
{
    public void Dispose() => Held.Release(Event.Length);

    public Invocation NewInvocation(InvocationId id, IInvocationResponse response, Random random, EventReaders? readers = null)
    {
        var trace = Headers.TraceId ?? TraceHeader.New(ReceivedAt, random);
        return new Invocation
        {
            RequestId = Headers.RequestId,
            InvocationId = id,
            Event = Event,
            EventReaders = readers,
            InvokedFunctionArn = Target.Arn,
            Origin = Headers.TraceId is null
                ? new InvocationOrigin(trace) { BeginsTrace = true }
                : new InvocationOrigin(trace, TraceHeader.NewSegment(trace, random)),
            ReceivedAt = ReceivedAt,
            ClientContext = Headers.ClientContext,
            Response = response,
        };
    }
}
