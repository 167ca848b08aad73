namespace Thaw.Contracts;

/// <summary>The numbers that AWS publishes, and the few bounds of our own. Units are in the names.</summary>
public static class Limits
{
    /// <summary>A buffered event or response, in bytes; spec: ENV-062.</summary>
    public const int BufferedPayloadBytes = (6 * 1024 * 1024) + 100;

    /// <summary>The event of a synchronous invoke, in bytes; spec (service) 9.5.</summary>
    public const int InvokeRequestBytes = 6 * 1024 * 1024;

    /// <summary>The event of an asynchronous invoke, in bytes; spec (service) 9.5, API-086.</summary>
    public const int QueuedEventBytes = 1024 * 1024;

    /// <summary>The event of the old InvokeAsync, in bytes; spec (service) 9.5.</summary>
    public const int InvokeAsyncBytes = 256 * 1024;

    /// <summary>The zip of a function or a layer, in bytes; spec (service) 4.1.</summary>
    public const int UploadedZipBytes = 52_428_800;

    /// <summary>A whole request with such a zip in it, in base64, in bytes: the longest there is; spec (service) 4.1.</summary>
    public const int UploadRequestBytes = 70_167_211;

    /// <summary>A function's files together with those of its layers, in bytes; spec (service) 4.1.</summary>
    public const long UnzippedCodeBytes = 262_144_000;

    /// <summary>An image's layers together, unpacked, in bytes; spec (service) 4.1.</summary>
    public const long ImageBytes = 10L * 1024 * 1024 * 1024;

    /// <summary>Invocations of one account at the same time; spec (service) 13.1.</summary>
    public const int AccountConcurrency = 1_000;

    /// <summary>The events that callers have sent and that are not answered yet, all together, in bytes; ours.</summary>
    public const long HeldEventBytes = 1024L * 1024 * 1024;

    /// <summary>The requests of callers that are not answered yet, but for their invokes, all together, in bytes; ours.</summary>
    public const long HeldRequestBytes = 512L * 1024 * 1024;

    /// <summary>A version with SnapStart that nobody has invoked for so long has no snapshot any more; spec 7.1.</summary>
    public static readonly TimeSpan SnapshotUnused = TimeSpan.FromDays(14);

    /// <summary>Environments that have ended and can still be looked at; ours.</summary>
    public const int EndedEnvironments = 100;

    /// <summary>Phases of one environment that can be looked at, the last ones; ours.</summary>
    public const int RecordedPhases = 100;

    /// <summary>Events of one environment that may wait to be told; ours.</summary>
    public const int UntoldEvents = 1_024;

    /// <summary>A streamed response, in bytes; spec 2.7.</summary>
    public const long StreamedResponseBytes = 200L * 1024 * 1024;

    /// <summary>Request line and headers together, in bytes; spec 2.7.</summary>
    public const int HeaderBytes = 1024 * 1024;

    /// <summary>External and internal extensions of one environment together; spec: ENV-011, ENV-082.</summary>
    public const int Extensions = 10;

    /// <summary>The names and values of all customer variables together, in bytes; spec 6.1.</summary>
    public const int CustomerVariableBytes = 4 * 1024;

    /// <summary>A function's timeout, in seconds; spec 1.1.</summary>
    public const int MinTimeoutSeconds = 1, MaxTimeoutSeconds = 900, DefaultTimeoutSeconds = 3;

    /// <summary>A function's memory, in megabytes; spec 6.4.</summary>
    public const int MinMemoryMegabytes = 128, MaxMemoryMegabytes = 10_240, DefaultMemoryMegabytes = 128;

    /// <summary>So much memory comes with one processor's whole time, in megabytes; spec: ENV-119.</summary>
    public const double MegabytesPerCpu = 1769;

    /// <summary>What a function's <c>/tmp</c> holds, in megabytes; spec (service) 3.1.</summary>
    public const int MinStorageMegabytes = 512, MaxStorageMegabytes = 10_240, DefaultStorageMegabytes = 512;

    /// <summary>One log line kept whole; longer ones are cut into pieces of this size, in bytes; spec 5.4.</summary>
    public const int LogLineBytes = (256 * 1024) - 26;

    /// <summary>What a frame of a runtime's log may announce, in bytes; ours. What announces more is no frame.</summary>
    public const int LogFrameBytes = 16 * 1024 * 1024;

    /// <summary>
    /// Open connections that one environment may hold to its APIs; ours, far above what ten extensions and a runtime need.
    /// </summary>
    public const int ConnectionsPerEnvironment = 1_000;

    /// <summary>Open connections to the APIs of all environments together; ours.</summary>
    public const int ConnectionsOfAllEnvironments = 100_000;

    /// <summary>
    /// What is read ahead of the request that is being served, per connection, in bytes; ours. It bounds what a hostile function costs.
    /// </summary>
    public const int ReadAheadBytes = 128 * 1024;

    /// <summary>A request to the Extensions API, in bytes; AWS tells it for Managed Instances only; spec 2.7.</summary>
    public const int ExtensionRequestBytes = 1024 * 1024;

    /// <summary>
    /// What is read of a body that nobody wants, so that its client can finish writing, before we give it up, in bytes; ours.
    /// </summary>
    public const long DiscardedBodyBytes = 256L * 1024 * 1024;

    /// <summary>Events of one batch of telemetry, the default is the largest; spec: ENV-092.</summary>
    public const int MinTelemetryItems = 1_000, MaxTelemetryItems = 10_000;

    /// <summary>A batch of telemetry, in bytes, the default is the smallest; spec: ENV-092.</summary>
    public const int MinTelemetryBytes = 256 * 1024, MaxTelemetryBytes = 1024 * 1024;

    /// <summary>How long telemetry waits for more of it, in milliseconds; spec: ENV-092.</summary>
    public const int MinTelemetryMilliseconds = 25, MaxTelemetryMilliseconds = 30_000, DefaultTelemetryMilliseconds = 1_000;

    /// <summary>The URI of a telemetry listener, in letters; ours.</summary>
    public const int TelemetryUriLetters = 8 * 1024;

    /// <summary>What waits for the telemetry subscribers of all environments together, in bytes; ours.</summary>
    public const long TelemetryMemoryBytes = 256 * 1024 * 1024;

    /// <summary>What is kept of one Init for those who subscribe later: events, and bytes of their lines; ours.</summary>
    public const int ReplayedEvents = 10_000, ReplayBytes = 1024 * 1024;

    /// <summary>What functions wrote and a watcher of the daemon has not read yet, in bytes; ours.</summary>
    public const int WatchedBytes = 16 * 1024 * 1024;

    /// <summary>What the log store keeps of all functions together, in megabytes; ours.</summary>
    public const int LogStoreMegabytes = 1024;

    /// <summary>What the snapshots of all versions have on disk together, in megabytes; ours.</summary>
    public const int SnapshotsMegabytes = 10_240;
}
