namespace Thaw.Daemon.Signatures;

/// <summary>A file of access keys that cannot be used; the message says what to do, and no secret.</summary>
internal sealed class AccessKeysException(string message) : Exception(message);
