using Thaw.Daemon.Functions;
using Thaw.Store.Records;

namespace Thaw.Daemon.Events;

/// <summary>
/// Finds who an ARN is, and tells them; spec (service) 10.3, 10.4.
///
///   a sink that the user named for it     its file gets a line, its web hook a POST
///   arn:aws:lambda:..                     that function's queue
///   arn:aws:sqs:.. arn:aws:sns:..         the SQS or SNS that the user runs
/// </summary>
/// <param name="enqueue">Accepts an event for another function.</param>
internal sealed class Destinations(
    DestinationOptions options,
    HttpMessageInvoker http,
    Func<QueuedEvent, Task> enqueue,
    Func<Guid> newId,
    TimeProvider time,
    Action<string> notice)
{
    private const int Attempts = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1), Patience = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, IDestination> sinks = options.Sinks.ToDictionary(
        sink => sink.Key,
        sink => sink.Value.IsFile ? (IDestination)new FileDestination(sink.Value.LocalPath) : new HttpDestination(http, sink.Value));

    /// <summary>False when it could not be told, now and after some more attempts; the user has got a notice then.</summary>
    public async Task<bool> TrySendAsync(string arn, DestinationMessage message)
    {
        if (Find(arn) is not { } destination)
        {
            notice($"nothing here is {arn}; thaw up --destination {arn}=URL names a file: or http: address for it, "
                + "--sqs-endpoint and --sns-endpoint what speaks for all queues and topics");
            return false;
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var patience = new CancellationTokenSource(Patience, time);
                await destination.SendAsync(message, patience.Token);
                return true;
            }
            catch (Exception fault) when (fault is DestinationException or OperationCanceledException)
            {
                if (attempt == Attempts)
                {
                    notice($"{arn} did not take a message: {fault.Message}");
                    return false;
                }

                await Task.Delay(Pause * attempt, time);
            }
        }
    }

    private IDestination? Find(string arn)
    {
        if (sinks.TryGetValue(arn, out var sink))
            return sink;
        if (FunctionName.Parse(arn) is { } function && arn.Contains(":lambda:", StringComparison.Ordinal))
            return new FunctionDestination(function, enqueue, newId, time);
        return arn.Split(':') switch
        {
            ["arn", _, "sqs", var region, var account, var queue] when options.Sqs is { } sqs =>
                new QueryDestination(http, sqs, QueryDestination.SendMessage(new Uri(sqs, $"/{account}/{queue}"), region)),
            ["arn", _, "sns", var region, _, _] when options.Sns is { } sns =>
                new QueryDestination(http, sns, QueryDestination.Publish(arn, region)),
            _ => null,
        };
    }
}
