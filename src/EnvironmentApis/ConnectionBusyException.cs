namespace Thaw.EnvironmentApis;

/// <summary>A connection of a participant does not merely wait. The message says what it does, without a full stop.</summary>
public sealed class ConnectionBusyException(string message) : Exception(message);
