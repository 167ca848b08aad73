using Thaw.Cli.Run;

namespace Thaw.Cli.Invoke;

/// <summary>What a user wants to invoke.</summary>
/// <param name="Function">A name or an ARN.</param>
/// <param name="Qualifier">A version or an alias; null for none.</param>
/// <param name="IsAsync">Without waiting for the answer.</param>
/// <param name="Log">Show the end of its log.</param>
public sealed record InvokeOptions(string Function, EventSource Payload, string? Qualifier, bool IsAsync, bool Log, Uri Endpoint);
