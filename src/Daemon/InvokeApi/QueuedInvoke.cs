using Microsoft.AspNetCore.Http;
using Thaw.Daemon.Metrics;
using Thaw.Daemon.ServiceApi;
using Thaw.Environments.Events;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Daemon.InvokeApi;

/// <summary>An invoke whose caller only wants to know that the event was taken; spec (service) 10.1.</summary>
internal sealed class QueuedInvoke(EventQueue queue, LambdaMetrics metrics)
{
    // InvokeAsync's model has it in the body too.
    private static readonly byte[] AcceptedBody = "{\"Status\":202}"u8.ToArray();

    /// <summary>Answers when the event is kept durably, or tells why it is not.</summary>
    public async Task<LambdaError?> RunAsync(AdmittedInvoke invoke)
    {
        using var held = invoke;
        try
        {
            await queue.AcceptAsync(new QueuedEvent
            {
                RequestId = invoke.Headers.RequestId.Value,
                Function = invoke.Target.Function,
                Qualifier = invoke.Target.Qualifier,
                AcceptedAt = invoke.ReceivedAt,
                TraceId = invoke.Headers.TraceId,
                Payload = invoke.Event,
            });
        }
        catch (StoreException fault)
        {
            return LambdaError.Service($"The event was not accepted: {fault.Message}");
        }

        metrics.Of(invoke.Plan.Version).AsyncEventReceived();
        await invoke.Call.AnswerAsync(
            StatusCodes.Status202Accepted, invoke.Call.Operation == InvokeOperation.InvokeAsync ? AcceptedBody : default);
        return null;
    }
}
