using System.Text;
using Microsoft.Extensions.Time.Testing;
using Thaw.Contracts;
using Thaw.Lifecycle;
using Thaw.Lifecycle.Calls;

namespace Thaw.Testing;

/// <summary>One environment's real lifecycle, with fake processes, a fake clock and a test that plays everyone's part.</summary>
public sealed class Stage
{
    private readonly Dictionary<string, Guid> identifiers = [];
    private int ids;

    public Stage(
        string[]? extensions = null,
        InitializationType type = InitializationType.OnDemand,
        int timeoutSeconds = 3,
        string dialect = "2026-09")
    {
        Processes = new FakeProcesses(extensions ?? []);
        var function = new FunctionConfiguration
        {
            Name = "hello",
            Handler = "index.handler",
            Runtime = "nodejs20.x",
            Timeout = TimeSpan.FromSeconds(timeoutSeconds),
            Dialect = Dialects.Find(dialect)!,
        };
        Settings = new LifecycleSettings { Function = function, InitializationType = type };
        Lifecycle = new EnvironmentLifecycle(Settings, Processes, Events, Time, NewId);
    }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddYears(56));

    public FakeProcesses Processes { get; }

    public RecordedEvents Events { get; } = new();

    public LifecycleSettings Settings { get; }

    public EnvironmentLifecycle Lifecycle { get; }

    public RuntimeCalls Runtime => Lifecycle.Calls.Runtime;

    public ExtensionCalls Extensions => Lifecycle.Calls.Extensions;

    public void Advance(double milliseconds) => Time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    // --- the participants' part ----------------------------------------------------------------------------------------------

    /// <summary>The runtime asks for an event.</summary>
    public Task<Answer<InvokeEvent>> RuntimeNext() => Runtime.NextAsync(CancellationToken.None);

    /// <summary>The runtime answers the invocation that runs.</summary>
    public async Task Respond(Invocation invocation, string body = "\"ok\"")
    {
        (await Runtime.BeginResponseAsync(invocation.RequestId, null, modeIsKnown: true)).IsRefused(out var refusal, out var posted);
        if (posted is null)
            throw new InvalidOperationException(refusal!.ErrorMessage);
        await posted.RespondAsync("application/json", Encoding.UTF8.GetBytes(body));
    }

    /// <summary>The runtime answers and asks for the next event, as an honest one does.</summary>
    public async Task RespondAndNext(Invocation invocation, string body = "\"ok\"")
    {
        await Respond(invocation, body);
        _ = RuntimeNext();
    }

    /// <summary>A whole invocation, which the runtime answers so many milliseconds later; what its report says of it.</summary>
    public async Task<InvokeMetrics> GoodInvoke(double milliseconds)
    {
        var invocation = NewInvocation();
        var invoke = Lifecycle.InvokeAsync(invocation);
        Advance(milliseconds);
        await RespondAndNext(invocation);
        await invoke;
        return Events.Of<InvokeReport>()[^1].Metrics;
    }

    /// <summary>The runtime answers the invocation that runs with an error.</summary>
    public async Task Fail(Invocation invocation, string type)
    {
        (await Runtime.BeginErrorAsync(invocation.RequestId, null)).IsRefused(out _, out var posted);
        await posted!.FailAsync(new InvocationError(ErrorType.FromRuntimeHeader(type), "{}"u8.ToArray(), "application/json"));
    }

    public Task<Answer<Accepted>> PostInitError(string type = "Function.Broken", string body = """{"errorMessage":"broken"}""") =>
        Runtime.InitErrorAsync(new InvocationError(ErrorType.FromRuntimeHeader(type), Encoding.UTF8.GetBytes(body), "application/json"));

    public async Task<Refusal?> Register(string name, params string[] events)
    {
        if ((await Extensions.RegisterAsync(name, events)).IsRefused(out var refusal, out var registration))
            return refusal;
        identifiers[name] = registration.Identifier;
        return null;
    }

    public Guid IdentifierOf(string name) => identifiers[name];

    public Task<Answer<ExtensionEvent>> ExtensionNext(string name) => Extensions.NextAsync(identifiers[name], CancellationToken.None);

    // --- whole stretches -------------------------------------------------------------------------------------------------------

    /// <summary>An Init in which everyone behaves: the extensions register for these events, and all ask for Next.</summary>
    public async Task<PhaseOutcome> GoodInit(params string[] events)
    {
        var init = Lifecycle.InitAsync();
        await EveryoneGetsReady(events);
        return await init;
    }

    /// <summary>An Init that the runtime ends by posting an error.</summary>
    public async Task PostInitErrorDuringInit(string body = """{"errorMessage":"broken"}""")
    {
        var init = Lifecycle.InitAsync();
        await PostInitError(body: body);
        await init;
    }

    /// <summary>What the participants do in a good init, the suppressed kind too.</summary>
    public async Task EveryoneGetsReady(params string[] events)
    {
        foreach (var name in Processes.ExtensionNames)
            await Register(name, events);
        _ = RuntimeNext();
        foreach (var name in Processes.ExtensionNames)
            _ = ExtensionNext(name);
    }

    public Invocation NewInvocation(string @event = "{}", RecordedResponse? response = null)
    {
        ids++;
        return new Invocation
        {
            RequestId = new RequestId($"request-{ids}"),
            InvocationId = new InvocationId($"attempt-{ids}"),
            Event = Encoding.UTF8.GetBytes(@event),
            InvokedFunctionArn = Settings.Function.Arn,
            Response = response ?? new RecordedResponse(),
        };
    }

    private Guid NewId()
    {
        ids++;
        return new Guid(ids, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }
}
