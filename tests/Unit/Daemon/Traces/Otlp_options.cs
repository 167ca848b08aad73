using Thaw.Daemon.Traces;

namespace Thaw.UnitTests.Daemon.Traces;

public sealed class Otlp_options
{
    private readonly List<string> notices = [];

    [Theory]
    [InlineData("")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318 OTEL_TRACES_EXPORTER=none")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318 OTEL_SDK_DISABLED=TRUE")]
    public void Are_none_when_nobody_wants_traces(string variables)
    {
        Assert.Null(Read(variables));
        Assert.Empty(notices);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "http/protobuf or http/json, not \"grpc\"")]
    [InlineData("OTEL_TRACES_EXPORTER=zipkin", "otlp or none, not \"zipkin\"")]
    [InlineData("OTEL_TRACES_SAMPLER=xray", "no sampler xray")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=c:4318", "\"c:4318\" is no http address")]
    public void Tell_what_we_do_not_have(string variables, string words)
    {
        Assert.Null(Read("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318 " + variables));
        Assert.Contains(words, Assert.Single(notices), StringComparison.Ordinal);
    }

    [Fact]
    public void Have_the_standards_defaults()
    {
        var options = Read("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318/base/")!;
        Assert.Equal("http://c:4318/base/v1/traces", options.Endpoint.AbsoluteUri);
        Assert.Equal((false, 10, 30, 5), (options.IsJson, options.Timeout.TotalSeconds, options.ExportTimeout.TotalSeconds,
            options.ScheduleDelay.TotalSeconds));
        Assert.Equal((2_048, 512), (options.MaxQueueSize, options.MaxBatchSize));
        Assert.Equal(new TraceSampler(HeedsParent: true, 1), options.Sampler);
        Assert.Equal([new("service.name", "thaw")], options.Resource);
        Assert.Empty(options.Headers);
    }

    [Fact]
    public void Take_what_is_said_of_traces_before_what_is_said_of_all()
    {
        var options = Read(
            "OTEL_EXPORTER_OTLP_ENDPOINT=http://a OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=https://b/own OTEL_EXPORTER_OTLP_PROTOCOL=grpc "
            + "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/json OTEL_EXPORTER_OTLP_HEADERS=x=1 "
            + "OTEL_EXPORTER_OTLP_TRACES_HEADERS=key=a%20b,other=c=d OTEL_EXPORTER_OTLP_TIMEOUT=1 OTEL_EXPORTER_OTLP_TRACES_TIMEOUT=700 "
            + "OTEL_SERVICE_NAME=mine OTEL_RESOURCE_ATTRIBUTES=service.name=theirs,deployment.environment=dev "
            + "OTEL_BSP_MAX_QUEUE_SIZE=10 OTEL_BSP_SCHEDULE_DELAY=-5")!;
        Assert.Equal("https://b/own", options.Endpoint.AbsoluteUri);
        Assert.True(options.IsJson);
        Assert.Equal([new("key", "a b"), new("other", "c=d")], options.Headers);
        Assert.Equal(700, options.Timeout.TotalMilliseconds);
        Assert.Equal([new("service.name", "mine"), new("deployment.environment", "dev")], options.Resource);
        Assert.Equal((10, 10), (options.MaxQueueSize, options.MaxBatchSize));
        Assert.Equal(5, options.ScheduleDelay.TotalSeconds);
        Assert.Contains("OTEL_BSP_SCHEDULE_DELAY", Assert.Single(notices), StringComparison.Ordinal);
    }

    [Fact]
    public void Sample_as_the_variables_say()
    {
        const string Low = "00000000000000000000000000000001", High = "0000000000000000ffffffffffffffff";
        Assert.True(Sampler("always_on").Takes(High, isParentSampled: false));
        Assert.False(Sampler("always_off").Takes(Low, isParentSampled: true));
        Assert.True(Sampler("parentbased_always_off").Takes(Low, isParentSampled: true));
        Assert.False(Sampler("parentbased_always_on").Takes(Low, isParentSampled: false));
        Assert.True(Sampler("parentbased_always_on").Takes(Low, isParentSampled: null));
        Assert.True(Sampler("traceidratio", "0.1").Takes(Low, null));
        Assert.False(Sampler("traceidratio", "0.1").Takes(High, null));
        Assert.False(Sampler("traceidratio", "0").Takes(Low, null));
        Assert.True(Sampler("parentbased_traceidratio", "2").Takes(High, null));
    }

    private static TraceSampler Sampler(string name, string? argument = null) => TraceSampler.Find(name, argument)!;

    private OtlpOptions? Read(string variables)
    {
        var set = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        return OtlpOptions.Read(set.GetValueOrDefault, notices.Add);
    }
}
