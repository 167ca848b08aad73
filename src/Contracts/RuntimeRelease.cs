namespace Thaw.Contracts;

/// <summary>The version of a runtime, as INIT_START tells it; spec 5.1.</summary>
public sealed record RuntimeRelease(string Version, string Arn);
