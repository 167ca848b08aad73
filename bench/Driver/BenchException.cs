namespace Thaw.Bench.Driver;

/// <summary>Nothing can be measured, or what was measured is wrong. The message is for the user.</summary>
internal sealed class BenchException(string message) : Exception(message);
