using System.Net;
using Thaw.Contracts;
using Thaw.Daemon.Events;
using Thaw.Environments.Pool;

namespace Thaw.Daemon.Hosting;

/// <summary>How a daemon is to run.</summary>
public sealed record DaemonOptions
{
    /// <summary>One of this machine's own, unless there is a <see cref="KeyFile"/>.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 takes any free one.</summary>
    public int Port { get; init; } = 9000;

    /// <summary>The access keys that callers must sign with; null when nobody has to.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Each sub-folder with a <c>thaw.json</c> is a function; null for none.</summary>
    public string? FunctionsFolder { get; init; }

    /// <summary>Null for the usual place.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Invocations at the same time, at least 1; the next one is throttled.</summary>
    public int Concurrency { get; init; } = Limits.AccountConcurrency;

    /// <summary>For all environments together, counted by their functions' memory sizes. Null for nine tenths of this machine's.</summary>
    public int? MemoryMegabytes { get; init; }

    /// <summary>Of functions that name none themselves.</summary>
    public Dialect Dialect { get; init; } = Dialects.Newest;

    /// <summary>For the logs of all functions together; the oldest go first. More than zero.</summary>
    public int LogStoreMegabytes { get; init; } = Limits.LogStoreMegabytes;

    /// <summary>For the snapshots of all versions together; those longest unused go first. More than zero.</summary>
    public int SnapshotsMegabytes { get; init; } = Limits.SnapshotsMegabytes;

    public SandboxWishes Sandboxes { get; init; } = new();

    /// <summary>The programs that the user set for runtimes; the others are found on the machine.</summary>
    public IReadOnlyDictionary<RuntimeIdentifier, string> Programs { get; init; } = new Dictionary<RuntimeIdentifier, string>();

    /// <summary>Who hears of the end of asynchronous invocations.</summary>
    public DestinationOptions Destinations { get; init; } = new();

    /// <summary>How long an environment without work is kept; more than zero.</summary>
    public TimeSpan IdleLifetime { get; init; } = new PoolSettings().IdleLifetime;
}
