using System.Globalization;
using Thaw.Contracts;
using Thaw.Environments.Functions;
using Thaw.Environments.Pool;
using Thaw.Environments.Runtimes;

namespace Thaw.Environments;

/// <summary>What an environment is to run: a version of a function, its files here, and how its runtime starts.</summary>
public sealed record EnvironmentPlan
{
    public required FunctionConfiguration Function { get; init; }

    public required FunctionFiles Files { get; init; }

    public required RuntimeCommand Runtime { get; init; }

    /// <summary>Stands in the place of the machine's programs and of <see cref="Runtime"/>; null for code in a zip or folder.</summary>
    public FunctionImage? Image { get; init; }

    /// <summary>What an environment of it counts for, in bytes.</summary>
    public long MemoryBytes => Function.MemoryMegabytes * 1024L * 1024;

    /// <summary>Whose environments are interchangeable with those of this plan.</summary>
    public VersionId Version => new(Function.Name, Function.Version);

    /// <summary>Grows with every change of the function: environments of an older plan get no further work.</summary>
    public long Revision { get; init; }

    /// <summary>What its function has reserved, for all of its versions together; null when it shares with others.</summary>
    public ConcurrencyLimiter? Reserved { get; init; }

    public InitializationType InitializationType { get; init; } = InitializationType.OnDemand;

    /// <summary>
    /// Who a new environment of this plan is. The name of its log stream is AWS's: date, version, 32 hexadecimal digits; in a group that
    /// its owner named, where others may log too, the function's name as well.
    /// </summary>
    public EnvironmentIdentity NewIdentity(EnvironmentWorld world)
    {
        var name = Function.Logging.LogGroup is null ? "" : Function.Name;
        var stream = string.Create(CultureInfo.InvariantCulture,
            $"{world.Time.GetUtcNow():yyyy'/'MM'/'dd}/{name}[{Function.Version}]{world.NewId():N}");
        return new EnvironmentIdentity(Function, stream, Runtime.Release);
    }
}
