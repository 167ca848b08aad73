namespace Thaw.DotnetRuntime;

/// <summary>A handler that cannot be used. Its name is what Lambda calls such an error, and so what callers see.</summary>
internal sealed class LambdaValidationException(string message) : Exception(message);
