using Thaw.Daemon.Functions;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Daemon.Events;

/// <summary>Another function: the message is its event.</summary>
internal sealed class FunctionDestination(FunctionName function, Func<QueuedEvent, Task> enqueue, Func<Guid> newId, TimeProvider time)
    : IDestination
{
    public async Task SendAsync(DestinationMessage message, CancellationToken stop)
    {
        try
        {
            await enqueue(new QueuedEvent
            {
                RequestId = newId().ToString(),
                Function = function.Name,
                Qualifier = function.Qualifier,
                AcceptedAt = time.GetUtcNow(),
                Payload = message.Body,
            });
        }
        catch (StoreException fault)
        {
            throw new DestinationException(fault.Message, fault);
        }
    }
}
