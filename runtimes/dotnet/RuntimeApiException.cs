namespace Thaw.DotnetRuntime;

/// <summary>The platform said something that no runtime can live with.</summary>
internal sealed class RuntimeApiException(string message) : Exception(message);
