using Microsoft.AspNetCore.Http;
using Thaw.Contracts;
using Thaw.EnvironmentApis.CredentialsApi;
using Thaw.Lifecycle;

namespace Thaw.EnvironmentApis;

/// <summary>What the APIs must know of the environment that they serve.</summary>
public sealed record EnvironmentDescriptor
{
    /// <summary>Where calls go: each connection to the generation that is alive when it is accepted.</summary>
    public required EnvironmentLifecycle Lifecycle { get; init; }

    /// <summary>What an extension is told when it registers.</summary>
    public required FunctionConfiguration Function { get; init; }

    /// <summary>What a SnapStart environment's processes fetch their keys from; null for all others. Spec 7.6.</summary>
    public LentKeys? Keys { get; init; }

    /// <summary>The restore and credentials endpoints exist; otherwise they answer 404; spec: ENV-121.</summary>
    public bool IsSnapStart => Keys is not null;

    /// <summary>The Extensions, Telemetry and Logs APIs exist; otherwise they answer 404; spec: ENV-088.</summary>
    public bool HasExtensions { get; init; } = true;

    /// <summary>Opens the metadata API to the environment's own processes; spec 6.5.</summary>
    public string MetadataToken { get; init; } = "";

    /// <summary>Serves the Lambda API on this environment's own port; null where its function has not asked for that.</summary>
    public Func<HttpContext, Task>? LambdaApi { get; init; }

    /// <summary>The port of these APIs as processes dial it; no subscriber can listen there.</summary>
    public int ApiPort { get; init; }
}
