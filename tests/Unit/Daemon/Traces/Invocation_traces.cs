using Thaw.Contracts;
using Thaw.Daemon.Traces;
using Thaw.UnitTests.Telemetry;

namespace Thaw.UnitTests.Daemon.Traces;

public sealed class Invocation_traces
{
    private const string Root = "Root=1-5e9d0a1a-0123456789abcdef01234567";
    private static readonly DateTimeOffset At = new(2026, 9, 16, 12, 0, 0, TimeSpan.Zero);
    private static readonly RequestId Id = new("request");

    private readonly List<TraceSpan> spans = [];
    private readonly InvocationTraces traces;

    public Invocation_traces() => traces = With(TraceSampler.Find(null, null)!);

    [Fact]
    public void Of_a_cold_invoke_have_five_spans_below_the_callers()
    {
        Init(Phase.Init, from: 10, to: 100);
        Invoke(receivedAt: 0, startAt: 100, new($"{Root};Parent=53995c3f42cd8ad8;Sampled=1", "0a1b2c3d4e5f6071"));

        Assert.Equal(["greeter", "queue", "Init", "Invoke", "extensionOverhead"], spans.Select(span => span.Name));
        Assert.All(spans, span => Assert.Equal("5e9d0a1a0123456789abcdef01234567", span.TraceId));
        Assert.Equal(("0a1b2c3d4e5f6071", "53995c3f42cd8ad8", true), (spans[0].SpanId, spans[0].ParentId, spans[0].IsServer));
        Assert.All(spans.Skip(1), span => Assert.Equal(spans[0].SpanId, span.ParentId));
        Assert.Equal([(0, 190), (0, 100), (10, 100), (110, 150), (150, 160)], spans.Select(Times));
        Assert.Equal(5, spans.Select(span => span.SpanId).Distinct().Count());
        Assert.Contains(new("faas.coldstart", true), spans[0].Attributes);
        Assert.Contains(new("faas.invocation_id", "request"), spans[0].Attributes);
        Assert.Contains(new("faas.max_memory", 256L * 1024 * 1024), spans[0].Attributes);
        Assert.Contains(new("cloud.resource_id", "arn:aws:lambda:us-east-1:000000000000:function:greeter"), spans[0].Attributes);
    }

    [Fact]
    public void Of_a_warm_invoke_have_no_Init()
    {
        Init(Phase.Init, from: -50, to: -10);
        Invoke(0, 1, Caller());
        spans.Clear();
        Invoke(300, 301, Caller());
        Assert.Equal(["greeter", "queue", "Invoke", "extensionOverhead"], spans.Select(span => span.Name));
        Assert.Contains(new("faas.coldstart", false), spans[0].Attributes);
    }

    [Fact]
    public void Have_a_link_to_an_Init_that_was_over_before()
    {
        Init(Phase.Init, from: -50, to: -10);
        Invoke(0, 1, Caller());
        var init = spans.Single(span => span.Name == "Init");
        var invocation = spans.Single(span => span.IsServer);
        Assert.NotEqual(invocation.TraceId, init.TraceId);
        Assert.Equal(new SpanLink(init.TraceId, init.SpanId), Assert.Single(invocation.Links));
    }

    [Fact]
    public void Show_a_suppressed_Init_and_what_failed()
    {
        traces.Emit(new PhaseStarted(Phase.Invoke, Suppressed: false, Id) { Time = Ms(0), ReceivedAt = Ms(0) });
        Init(Phase.Invoke, from: 0, to: 5, PhaseStatus.Error);
        traces.Emit(new InvokeStart(Id, "7", Caller()) { Time = Ms(6) });
        traces.Emit(new RuntimeDone(Id, PhaseStatus.Error, ErrorType.RuntimeExitError, null, null, []) { Time = Ms(7) });
        traces.Emit(new InvokeReport(Id, PhaseStatus.Error, ErrorType.RuntimeExitError, new(default, 128, 9, null, null), [])
        {
            Time = Ms(8),
            Origin = Caller(),
        });
        Assert.Equal(["greeter", "queue", "Init", "Invoke"], spans.Select(span => span.Name));
        Assert.Equal(["Runtime.ExitError", null, "Runtime.ExitError", "Runtime.ExitError"], spans.Select(span => span.ErrorType));
    }

    [Fact]
    public void Show_what_the_function_answered_as_its_error()
    {
        Invoke(0, 1, Caller(), functionError: new("RangeError"));
        Assert.Equal("RangeError", spans[0].ErrorType);
    }

    [Fact]
    public void Begin_where_the_caller_sent_none()
    {
        Invoke(0, 1, new($"{Root};Parent=53995c3f42cd8ad8;Sampled=0") { BeginsTrace = true });
        Assert.Equal(("5e9d0a1a0123456789abcdef01234567", null), (spans[0].TraceId, spans[0].ParentId));
    }

    [Fact]
    public void Follow_a_caller_that_samples_none()
    {
        Invoke(0, 1, new($"{Root};Sampled=0"));
        Assert.Empty(spans);
        With(TraceSampler.Find("always_on", null)!).Emit(Report(new($"{Root};Sampled=0"), 5));
        Assert.NotEmpty(spans);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Root=2-5e9d0a1a-0123456789abcdef01234567")]
    [InlineData("Root=1-5e9d0a1a-x123456789abcdef01234567;Parent=nonsense")]
    [InlineData("Root=1-00000000-000000000000000000000000")]
    public void Have_an_id_of_their_own_where_the_header_has_none(string? header)
    {
        Invoke(0, 1, new(header));
        Assert.Matches("^[0-9a-f]{32}$", spans[0].TraceId);
        Assert.NotEqual("5e9d0a1a0123456789abcdef01234567", spans[0].TraceId);
        Assert.Null(spans[0].ParentId);
    }

    private static InvocationOrigin Caller() => new($"{Root};Parent=53995c3f42cd8ad8;Sampled=1");

    private static DateTimeOffset Ms(double milliseconds) => At.AddMilliseconds(milliseconds);

    private static (int Start, int End) Times(TraceSpan span) =>
        ((int)(span.Start - At).TotalMilliseconds, (int)(span.End - At).TotalMilliseconds);

    private static InvokeReport Report(InvocationOrigin origin, double at) => new(
        Id, PhaseStatus.Success, null, new(TimeSpan.FromMilliseconds(5), 128, 9, null, null),
        [new("extensionOverhead", Ms(at - 40), TimeSpan.FromMilliseconds(10))])
    { Time = Ms(at), Origin = origin };

    private InvocationTraces With(TraceSampler sampler) => new(SampleEvents.Identity(), sampler, spans.Add, new Random(1));

    private void Init(Phase during, double from, double to, PhaseStatus status = PhaseStatus.Success)
    {
        ErrorType? type = status == PhaseStatus.Success ? null : ErrorType.RuntimeExitError;
        traces.Emit(new InitStart(InitializationType.OnDemand, during) { Time = Ms(from) });
        traces.Emit(new InitReport(InitializationType.OnDemand, during, status, type, default) { Time = Ms(to) });
    }

    private void Invoke(double receivedAt, double startAt, InvocationOrigin origin, ErrorType? functionError = null)
    {
        traces.Emit(new PhaseStarted(Phase.Invoke, Suppressed: false, Id) { Time = Ms(startAt), ReceivedAt = Ms(receivedAt) });
        traces.Emit(new InvokeStart(Id, "7", origin) { Time = Ms(startAt + 10) });
        traces.Emit(new RuntimeDone(Id, PhaseStatus.Success, null, null, null, [])
        {
            Time = Ms(startAt + 50),
            FunctionError = functionError,
        });
        traces.Emit(Report(origin, startAt + 90));
    }
}
