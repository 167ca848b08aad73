namespace Thaw.Contracts;

/// <summary>
/// How AWS worded its logs and errors at one date. It changes them over time, and tools that read them are made for one wording; spec 5.1.
/// </summary>
public sealed record Dialect
{
    /// <summary>The month in which it was looked at, <c>2026-09</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Whether a timeout's body has a type, <c>Sandbox.Timedout</c>, and the form of other errors; spec: ENV-025.</summary>
    public required bool HasTimeoutType { get; init; }

    /// <summary>Whether REPORT of a failed invocation ends with Status and Error Type; spec: ENV-111.</summary>
    public required bool ReportsStatus { get; init; }

    /// <summary>Whether a failure has a line of its own before END.</summary>
    public required bool HasFaultLines { get; init; }

    /// <summary>Whether the first invocation is billed for Init; spec: ENV-045.</summary>
    public required bool BillsInit { get; init; }
}
