using Thaw.Contracts;

namespace Thaw.UnitTests.Telemetry;

/// <summary>One environment, and every event that it might have, for golden files.</summary>
internal static class SampleEvents
{
    private static readonly DateTimeOffset At = new(2026, 9, 16, 14, 34, 56, 789, 654, TimeSpan.FromHours(2));

    private static readonly RequestId Id = new("8f507cfc-xmpl-4697-b07a-ac58fc914c95");

    private static readonly InvocationOrigin Plain = new("Root=1-5e9d0a1a-0123456789abcdef01234567;Parent=53995c3f42cd8ad8;Sampled=0");

    private static readonly InvocationOrigin Sampled =
        new("Root=1-5e9d0a1a-0123456789abcdef01234567;Parent=53995c3f42cd8ad8;Sampled=1", "0a1b2c3d4e5f6071", "tenant \"blue\"");

    private static readonly TelemetrySubscription Telemetry = new(
        TelemetrySchema.Telemetry20221213, ["platform", "function", "extension"], new(1_000, 262_144, Ms(100)), new Destination.Tcp(8080));

    public static EnvironmentIdentity Identity(Dialect? dialect = null, LoggingConfig? logging = null) => new(
        new()
        {
            Name = "greeter",
            Version = "7",
            Handler = "index.handler",
            Runtime = "nodejs22.x",
            MemoryMegabytes = 256,
            Dialect = dialect ?? Dialects.Newest,
            Logging = logging ?? new(),
        },
        "2026/09/16/[7]0123456789abcdef0123456789abcdef",
        new("nodejs:22.v1", "arn:aws:lambda:us-east-1::runtime:0123456789abcdef"));

    public static IEnumerable<(string Name, PlatformEvent Event)> All() =>
        Init().Concat(Extensions()).Concat(Invoke()).Concat(Restore()).Select(item => (item.Name, item.Event with { Time = At }));

    private static IEnumerable<(string Name, PlatformEvent Event)> Init()
    {
        yield return ("init starts", new InitStart(InitializationType.OnDemand, Phase.Init));
        yield return ("suppressed init starts", new InitStart(InitializationType.OnDemand, Phase.Invoke));
        yield return ("runtime is ready", new InitRuntimeDone(InitializationType.OnDemand, Phase.Init, PhaseStatus.Success, null));
        yield return ("runtime posted an error",
            new InitRuntimeDone(InitializationType.OnDemand, Phase.Invoke, PhaseStatus.Error, new("Runtime.ImportModuleError")));
        yield return ("runtime is too slow",
            new InitRuntimeDone(InitializationType.SnapStart, Phase.Init, PhaseStatus.Timeout, ErrorType.SandboxTimedout));
        yield return ("good init", Report(InitializationType.OnDemand, Phase.Init, PhaseStatus.Success, null));
        yield return ("good init ahead of time", Report(InitializationType.ProvisionedConcurrency, Phase.Init, PhaseStatus.Success, null));
        yield return ("failed init",
            Report(InitializationType.OnDemand, Phase.Init, PhaseStatus.Error, new("Runtime.UserCodeSyntaxError")));
        yield return ("failed suppressed init",
            Report(InitializationType.OnDemand, Phase.Invoke, PhaseStatus.Error, new("Runtime.UserCodeSyntaxError")));
        yield return ("slow init", Report(InitializationType.OnDemand, Phase.Init, PhaseStatus.Timeout, null));
        yield return ("init whose sandbox broke",
            Report(InitializationType.OnDemand, Phase.Init, PhaseStatus.Failure, ErrorType.SandboxFailure));
    }

    private static IEnumerable<(string Name, PlatformEvent Event)> Extensions()
    {
        yield return ("extension", new ExtensionReport("metrics", "Ready", ["INVOKE", "SHUTDOWN"], null));
        yield return ("extension without events", new ExtensionReport("metrics", "Ready", [], null));
        yield return ("failed extension", new ExtensionReport("metrics", "InitError", ["INVOKE"], ErrorType.ExtensionInitError));
        yield return ("telemetry subscription", new TelemetrySubscribed("metrics", Telemetry));
        yield return ("logs subscription", new TelemetrySubscribed("metrics", Telemetry with { Schema = TelemetrySchema.Logs20210318 }));
        yield return ("drops", new LogsDropped("metrics", 12, 3456,
            "Some logs were dropped because the downstream consumer is slower than the logs production rate"));
    }

    private static IEnumerable<(string Name, PlatformEvent Event)> Invoke()
    {
        yield return ("start", new InvokeStart(Id, "$LATEST", InvocationOrigin.None));
        yield return ("start of a trace", new InvokeStart(Id, "$LATEST", Plain));
        yield return ("start of a sampled trace", new InvokeStart(Id, "7", Sampled));
        yield return ("good invoke", new RuntimeDone(Id, PhaseStatus.Success, null, Ms(12.3456), 21,
        [
            new("responseLatency", At.AddMilliseconds(1), Ms(10.5)),
            new("responseDuration", At.AddMilliseconds(12), Ms(0.0214)),
            new("runtimeOverhead", At.AddMilliseconds(13), Ms(2)),
        ])
        { Origin = Sampled });
        yield return ("crash", new RuntimeDone(Id, PhaseStatus.Error, ErrorType.RuntimeExitError, Ms(7), null, []) { Origin = Plain });
        yield return ("no event was sent", new RuntimeDone(Id, PhaseStatus.Error, new("Runtime.ImportModuleError"), null, null, []));
        yield return ("timeout", new RuntimeDone(Id, PhaseStatus.Timeout, ErrorType.SandboxTimedout, Ms(3000), null, []));
        yield return ("fault", new InvokeFault(Id, "Runtime exited with error: exit status 1", ErrorType.RuntimeExitError, null));
        yield return ("fault of a timeout", new InvokeFault(Id, "Task timed out after 3.00 seconds", null, TimeSpan.FromSeconds(3)));
        yield return ("report", Report(PhaseStatus.Success, null, new(Ms(933.594), 128, 9, null, null)));
        yield return ("first report", Report(PhaseStatus.Success, null, new(Ms(2.5), 10_240, 42, Ms(111.231), null)));
        yield return ("first report after restore",
            Report(PhaseStatus.Success, null, new(Ms(2.5), 128, 42, null, Ms(412.044)) { BilledRestoreDuration = Ms(36.4) }));
        yield return ("report of a sampled trace",
            Report(PhaseStatus.Success, null, new(Ms(100), 128, 9, null, null)) with
            {
                Origin = Sampled,
                Spans = [new("extensionOverhead", At, Ms(3.25))],
            });
        yield return ("report of a crash", Report(PhaseStatus.Error, ErrorType.RuntimeExitError, new(Ms(10), 128, 9, Ms(5), null)));
        yield return ("report of a broken sandbox",
            Report(PhaseStatus.Failure, ErrorType.SandboxFailure, new(Ms(10), 128, 9, null, null)) with { Origin = Sampled });
        yield return ("report of a timeout",
            Report(PhaseStatus.Timeout, ErrorType.SandboxTimedout, new(Ms(3000), 128, 9, null, null)));
    }

    private static IEnumerable<(string Name, PlatformEvent Event)> Restore()
    {
        yield return ("restore starts", new RestoreStart());
        yield return ("runtime is restored", new RestoreRuntimeDone(PhaseStatus.Success, null));
        yield return ("runtime failed to restore", new RestoreRuntimeDone(PhaseStatus.Error, ErrorType.RuntimeExitError));
        yield return ("good restore", new RestoreReport(PhaseStatus.Success, null, Ms(511.25)) { BilledDuration = Ms(36.4) });
        yield return ("failed restore", new RestoreReport(PhaseStatus.Error, ErrorType.RuntimeExitError, Ms(511.25)));
        yield return ("slow restore", new RestoreReport(PhaseStatus.Timeout, null, Ms(10_000)));
    }

    private static InitReport Report(InitializationType type, Phase phase, PhaseStatus status, ErrorType? error) =>
        new(type, phase, status, error, Ms(1236.0449));

    private static InvokeReport Report(PhaseStatus status, ErrorType? error, InvokeMetrics metrics) => new(Id, status, error, metrics, []);

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
