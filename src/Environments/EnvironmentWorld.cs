using Microsoft.AspNetCore.Http;
using Thaw.Contracts;
using Thaw.Telemetry.Subscriptions;

namespace Thaw.Environments;

/// <summary>The world, as it is passed in: clock, chance and ids.</summary>
public sealed record EnvironmentWorld(TimeProvider Time, Random Random, Func<Guid> NewId)
{
    /// <summary>Serves the Lambda API to functions that ask for it; null where there is none.</summary>
    public Func<HttpContext, Task>? LambdaApi { get; init; }

    /// <summary>Hears what whoever runs the daemon should know.</summary>
    public Action<string> Notice { get; init; } = _ => { };

    /// <summary>What may wait for the telemetry subscribers of all environments.</summary>
    public TelemetryMemory TelemetryMemory { get; } = new(Limits.TelemetryMemoryBytes);
}
