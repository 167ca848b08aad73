using Thaw.Daemon.Functions;

namespace Thaw.Cli.Deploy;

/// <summary>What a user wants to deploy.</summary>
/// <param name="Function">Its folder or zip, or its name where it is an image, and what was said about it.</param>
/// <param name="Name">Null for the folder's.</param>
/// <param name="Publish">Make a version of it.</param>
/// <param name="Json">Show the function's configuration in place of its ARN.</param>
public sealed record DeployOptions(FunctionRequest Function, string? Name, string Role, bool Publish, bool Json, Uri Endpoint)
{
    /// <summary>Where its container image lies; null for code.</summary>
    public string? Image { get; init; }
}
