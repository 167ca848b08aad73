namespace Thaw.Daemon.Events;

/// <summary>Somebody who can be told the end of an event.</summary>
internal interface IDestination
{
    /// <exception cref="DestinationException">It was not told; it may be worth while to try again.</exception>
    Task SendAsync(DestinationMessage message, CancellationToken stop);
}
