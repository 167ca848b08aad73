namespace Thaw.Sandboxing;

/// <summary>The sandbox itself did not do what it must; what runs inside is not to blame.</summary>
public sealed class SandboxException(string message, Exception? inner = null) : Exception(message, inner);
