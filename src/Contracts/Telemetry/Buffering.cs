namespace Thaw.Contracts;

/// <summary>When a batch goes: at the first of these; spec: ENV-092, ENV-096.</summary>
public sealed record Buffering(int MaxItems, int MaxBytes, TimeSpan Timeout);
