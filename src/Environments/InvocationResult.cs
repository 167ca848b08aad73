using Thaw.Contracts;

namespace Thaw.Environments;

/// <summary>What a synchronous caller gets.</summary>
/// <param name="FunctionError">Why the function failed; null when it answered. Spec: ENV-024.</param>
public sealed record InvocationResult(ReadOnlyMemory<byte> Body, string ContentType, ErrorType? FunctionError)
{
    /// <summary>What <c>X-Amz-Function-Error</c> says of every function that failed; spec (service) 9.3.</summary>
    public const string Unhandled = "Unhandled";
}
