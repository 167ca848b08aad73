using Thaw.Contracts;

namespace Thaw.Environments;

/// <summary>What a synchronous caller gets.</summary>
/// <param name="FunctionError">Why the function failed; null when it answered. Spec: ENV-024.</param>
public sealed record InvocationResult(ReadOnlyMemory<byte> Body, string ContentType, ErrorType? FunctionError);
