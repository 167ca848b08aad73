namespace Thaw.Store.Records;

/// <summary>Code and configuration together: all that makes one environment unlike another.</summary>
public sealed record Deployment(FunctionSettings Settings, CodeReference Code);
