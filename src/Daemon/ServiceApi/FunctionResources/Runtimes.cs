namespace Thaw.Daemon.ServiceApi.FunctionResources;

/// <summary>The runtime identifiers that a function may have; spec (service) 18.</summary>
internal static class Runtimes
{
    public static readonly string[] Current =
    [
        "nodejs20.x", "nodejs22.x", "nodejs24.x", "nodejs26.x",
        "python3.9", "python3.10", "python3.11", "python3.12", "python3.13", "python3.14", "python3.15",
        "ruby3.2", "ruby3.3", "ruby3.4", "ruby4.0",
        "java8.al2", "java11", "java17", "java21", "java25", "java8.al2023", "java11.al2023", "java17.al2023",
        "dotnet6", "dotnet8", "dotnet10", "provided.al2", "provided.al2023",
    ];

    private static readonly string[] Historic =
    [
        "nodejs", "nodejs4.3", "nodejs4.3-edge", "nodejs6.10", "nodejs8.10", "nodejs10.x", "nodejs12.x", "nodejs14.x", "nodejs16.x",
        "nodejs18.x", "python2.7", "python3.6", "python3.7", "python3.8", "go1.x", "dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1",
        "dotnetcore3.1", "ruby2.5", "ruby2.7", "provided", "java8",
    ];

    /// <summary>Those of today and of ever: layers may name them all.</summary>
    public static readonly string[] Known = [.. Current, .. Historic];

    /// <exception cref="LambdaException">No function can have it.</exception>
    public static void MustBeCurrent(string runtime)
    {
        if (Current.Contains(runtime))
            return;
        throw LambdaException.InvalidParameterValue(Historic.Contains(runtime)
            ? $"The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda functions. "
                + "We recommend you use a supported runtime while creating or updating functions."
            : $"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: "
                + $"[{string.Join(", ", Current)}] or be a valid ARN");
    }
}
