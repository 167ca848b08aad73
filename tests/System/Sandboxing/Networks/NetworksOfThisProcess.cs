namespace Thaw.SystemTests.Sandboxing.Networks;

/// <summary>Links are named after the process that has made them, so there is one network at a time.</summary>
[CollectionDefinition]
public sealed class NetworksOfThisProcess;
