using Thaw.Contracts;
using Thaw.Lifecycle.Protocols;
using Thaw.Lifecycle.Scheduling;

namespace Thaw.Lifecycle.Calls;

/// <summary>What an extension may ask; spec 3.</summary>
public sealed class ExtensionCalls
{
    private readonly Generation generation;
    private readonly SerialScheduler scheduler;

    internal ExtensionCalls(Generation generation, SerialScheduler scheduler) =>
        (this.generation, this.scheduler) = (generation, scheduler);

    /// <summary>Registers the caller under a name.</summary>
    /// <param name="events">The words of the request, <c>INVOKE</c> and <c>SHUTDOWN</c>; may be empty.</param>
    public Task<Answer<Registration>> RegisterAsync(string name, IReadOnlyList<string> events) =>
        scheduler.EnterAsync<Answer<Registration>>(() =>
            generation.Register(name, events).IsRefused(out var refusal, out var extension)
                ? refusal
                : new Registration(extension.Identifier)).AsTask();

    /// <summary>
    /// Waits for the next event, without limit. The first call ends the extension's init, each later one its work; spec 3.3.
    /// </summary>
    /// <param name="hungUp">Fires when the client is gone; the call is then cancelled.</param>
    public Task<Answer<ExtensionEvent>> NextAsync(Guid identifier, CancellationToken hungUp) =>
        scheduler.ParkAsync(() => generation.Find(identifier) is { } extension
            ? extension.NextAsync(hungUp)
            : Task.FromResult<Answer<ExtensionEvent>>(Refusal.UnknownExtension(identifier)));

    /// <summary>Whether this extension exists and subscribing is still open to it: what can be said before its request is read.</summary>
    public Task<Answer<Accepted>> MaySubscribeAsync(Guid identifier, bool logsApi) => scheduler.EnterAsync<Answer<Accepted>>(() =>
        generation.MaySubscribe(identifier, logsApi).IsRefused(out var refusal, out _) ? refusal : Accepted.Ok).AsTask();

    /// <summary>
    /// Subscribes an extension to telemetry. The same extension again changes nothing, and is accepted; spec: ENV-090, ENV-107.
    /// </summary>
    public Task<Answer<Accepted>> SubscribeAsync(Guid identifier, TelemetrySubscription subscription) =>
        scheduler.EnterAsync(() => generation.Subscribe(identifier, subscription)).AsTask();

    public Task<Answer<Accepted>> InitErrorAsync(Guid identifier, ErrorType type) => PostAsync(identifier, ExtensionMove.InitError, type);

    public Task<Answer<Accepted>> ExitErrorAsync(Guid identifier, ErrorType type) => PostAsync(identifier, ExtensionMove.ExitError, type);

    private Task<Answer<Accepted>> PostAsync(Guid identifier, ExtensionMove move, ErrorType type) =>
        scheduler.EnterAsync(() => generation.Find(identifier) is { } extension
            ? extension.PostError(move, type)
            : Refusal.UnknownReporter).AsTask();
}
