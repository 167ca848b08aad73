namespace Thaw.Daemon.Hosting;

/// <summary>The daemon cannot start as it was asked to. The message is for its owner: what is wrong, and what to do.</summary>
public sealed class DaemonStartException(string message) : Exception(message);
