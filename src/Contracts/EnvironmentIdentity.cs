namespace Thaw.Contracts;

/// <summary>What never changes about an environment, and telemetry tells of it.</summary>
/// <param name="LogStream">The name of its log stream, which is its instance id as well; spec 4.4.</param>
/// <param name="Runtime">Null for runtimes that are not ours.</param>
public sealed record EnvironmentIdentity(FunctionConfiguration Function, string LogStream, RuntimeRelease? Runtime = null);
