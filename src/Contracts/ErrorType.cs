using System.Text.RegularExpressions;

namespace Thaw.Contracts;

/// <summary>Why something failed, in the platform's words: <c>Runtime.ExitError</c>, <c>Extension.Crash</c>; spec 1.7.</summary>
public readonly partial record struct ErrorType(string Name)
{
    public static readonly ErrorType ExtensionInitError = new("Extension.InitError");
    public static readonly ErrorType ExtensionExitError = new("Extension.ExitError");
    public static readonly ErrorType ExtensionCrash = new("Extension.Crash");
    public static readonly ErrorType ExtensionLaunchError = new("Extension.LaunchError");
    public static readonly ErrorType RuntimeExitError = new("Runtime.ExitError");
    public static readonly ErrorType RuntimeOutOfMemory = new("Runtime.OutOfMemory");
    public static readonly ErrorType RuntimeInvalidEntrypoint = new("Runtime.InvalidEntrypoint");
    public static readonly ErrorType RuntimeInvalidWorkingDir = new("Runtime.InvalidWorkingDir");
    public static readonly ErrorType RuntimeInvalidTaskConfig = new("Runtime.InvalidTaskConfig");
    public static readonly ErrorType RuntimeInvalidResponseModeHeader = new("Runtime.InvalidResponseModeHeader");
    public static readonly ErrorType RuntimeRestoreHookUserTimeout = new("Runtime.RestoreHookUserTimeout");
    public static readonly ErrorType RuntimeTruncatedResponse = new("Runtime.TruncatedResponse");
    public static readonly ErrorType RuntimeUnknown = new("Runtime.Unknown");
    public static readonly ErrorType FunctionResponseSizeTooLarge = new("Function.ResponseSizeTooLarge");
    public static readonly ErrorType FunctionUnknown = new("Function.Unknown");
    public static readonly ErrorType SandboxFailure = new("Sandbox.Failure");
    public static readonly ErrorType SandboxTimedout = new("Sandbox.Timedout");

    /// <summary>The type a runtime posted in <c>Lambda-Runtime-Function-Error-Type</c>, as the platform keeps it; spec: ENV-066.</summary>
    public static ErrorType FromRuntimeHeader(string? header) =>
        header is null ? RuntimeUnknown
        : WellFormed().IsMatch(header) ? new(header)
        : header.StartsWith("Function.", StringComparison.Ordinal) ? FunctionUnknown
        : RuntimeUnknown;

    /// <summary>Whether the platform, not the customer, is to blame; telemetry says <c>failure</c> then and <c>error</c>
    /// otherwise. A timeout is the function's own doing, whatever its type's first word.</summary>
    public bool IsPlatformFault => this == SandboxFailure;

    public override string ToString() => Name;

    [GeneratedRegex(@"(Runtime|Function)\.[A-Z][a-zA-Z]+", RegexOptions.CultureInvariant)]
    private static partial Regex WellFormed();
}
