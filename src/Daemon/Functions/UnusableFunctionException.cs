namespace Thaw.Daemon.Functions;

/// <summary>A function cannot be used as it was given. The message is for its owner: what is wrong, and what to do.</summary>
public sealed class UnusableFunctionException(string message) : Exception(message);
