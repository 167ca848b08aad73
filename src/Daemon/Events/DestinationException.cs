namespace Thaw.Daemon.Events;

/// <summary>A destination did not take a message; the text says why.</summary>
internal sealed class DestinationException(string message, Exception? inner = null) : Exception(message, inner);
