using System.Globalization;
using System.Text;
using Thaw.Contracts;

namespace Thaw.ConformanceTests.EnvironmentApis;

public class Streamed_response
{
    [Fact, Trait("Spec", "ENV-130")]
    public async Task Reaches_the_caller_while_it_is_being_written()
    {
        var (stage, running) = await ApiStage.StartRunningAsync();
        await using var end = stage;
        using var raw = await BeginAsync(stage, "Content-Type: text/event-stream\r\n");
        await raw.SendAsync("5\r\nfirst\r\n");
        await ApiStage.Eventually(() => running.Response.Body == "first");
        Assert.Equal(("text/event-stream", false), (running.Response.ContentType, running.Response.IsComplete));

        await raw.SendAsync("5\r\n last\r\n");
        await ApiStage.Eventually(() => running.Response.Body == "first last");
        Assert.False(running.Response.IsComplete);
        await raw.SendAsync("0\r\n\r\n");
        (await raw.AnswerAsync()).IsAccepted();
        Assert.True(running.Response.IsComplete);
        Assert.Equal(10, await ProducedBytesAsync(stage, running));
    }

    [Fact]
    public async Task Has_a_default_content_type_of_its_own()
    {
        var (stage, running) = await ApiStage.StartRunningAsync();
        await using var end = stage;
        using var raw = await BeginAsync(stage);
        await raw.SendAsync("0\r\n\r\n");
        (await raw.AnswerAsync()).IsAccepted();
        var response = running.Response;
        Assert.Equal(("application/octet-stream", "", true), (response.ContentType, response.Body, response.IsComplete));
    }

    [Fact, Trait("Spec", "ENV-131"), Trait("Spec", "ENV-068")]
    public async Task Ends_with_the_error_of_its_trailers()
    {
        var (stage, running) = await ApiStage.StartRunningAsync();
        await using var end = stage;
        const string Error = """{"errorMessage":"half way","errorType":"Oops"}""";
        using var raw = await BeginAsync(stage, "trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n");
        await raw.SendAsync(
            "3\r\nabc\r\n0\r\nlambda-runtime-function-error-type: Oops\r\n"
            + $"LAMBDA-RUNTIME-FUNCTION-ERROR-BODY: {Convert.ToBase64String(Encoding.UTF8.GetBytes(Error))}\r\n\r\n");

        (await raw.AnswerAsync()).IsAccepted();
        Assert.Equal("abc", running.Response.Body);
        Assert.Equal(("Oops", Error), (running.Response.Error!.ErrorType.Name, running.Response.ErrorBody));
    }

    [Fact, Trait("Spec", "ENV-131")]
    public async Task Is_marked_truncated_when_the_runtime_vanishes()
    {
        var (stage, running) = await ApiStage.StartRunningAsync();
        await using var end = stage;
        using (var raw = await BeginAsync(stage))
        {
            await raw.SendAsync("3\r\nabc\r\n");
            await ApiStage.Eventually(() => running.Response.Body == "abc");
        }

        await ApiStage.Eventually(() => running.Response.Ended.IsCompleted);
        Assert.Equal("Runtime.TruncatedResponse", running.Response.Error!.ErrorType.Name);
    }

    [Fact, Trait("Spec", "ENV-131")]
    public async Task Ends_for_the_caller_when_the_runtime_exits()
    {
        var (stage, running) = await ApiStage.StartRunningAsync();
        await using var end = stage;
        using var raw = await BeginAsync(stage);
        await raw.SendAsync("3\r\nabc\r\n");
        await ApiStage.Eventually(() => running.Response.Body == "abc");
        stage.Stage.Processes.Exit("runtime", ProcessExit.WithStatus(1));

        await running.Done;
        Assert.Equal("Runtime.ExitError", running.Response.Error!.ErrorType.Name);
        await stage.Endpoint.AbortConnectionsAsync();
        await raw.ClosedAsync();
        Assert.Equal("abc", running.Response.Body);
    }

    [Fact]
    public async Task Cannot_be_followed_by_an_error()
    {
        var (stage, running) = await ApiStage.StartRunningAsync();
        await using var end = stage;
        using var raw = await BeginAsync(stage);
        await raw.SendAsync("3\r\nabc\r\n");
        await ApiStage.Eventually(() => running.Response.Body == "abc");
        (await stage.FailAsync()).IsRefusal(
            403, "InvalidStateTransition",
            "State transition from InvocationResponse to InvocationErrorResponse failed for runtime. "
            + "Error: State transition is not allowed");
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task May_have_200_megabytes(int more, bool accepted)
    {
        var (stage, next) = await ApiStage.StartReadyAsync();
        await using var end = stage;
        var counted = new CountedResponse();
        stage.Invoke(invocation => invocation with { Response = counted });
        await next;
        using var raw = await BeginAsync(stage);
        const int Chunk = 4 * 1024 * 1024;
        var chunk = Encoding.Latin1.GetBytes($"{Chunk:x}\r\n{new string('x', Chunk)}\r\n");
        for (var sent = 0L; sent < Limits.StreamedResponseBytes; sent += Chunk)
            await raw.SendAsync(chunk);
        await raw.SendAsync(more > 0 ? string.Create(CultureInfo.InvariantCulture, $"{more}\r\nx\r\n0\r\n\r\n") : "0\r\n\r\n");

        var answer = await raw.AnswerAsync();
        Assert.Equal(Limits.StreamedResponseBytes, counted.Bytes);
        if (accepted)
            answer.IsAccepted();
        else
            answer.IsRefusal(413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size (209715200 bytes).");
        Assert.Equal(accepted ? null : "Function.ResponseSizeTooLarge", counted.ErrorType);
    }

    private static async Task<RawConnection> BeginAsync(ApiStage stage, string headers = "")
    {
        var raw = await stage.ConnectAsync();
        await raw.SendAsync(
            $"POST /2018-06-01/runtime/invocation/{stage.Id}/response HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
            + $"Lambda-Runtime-Function-Response-Mode: streaming\r\n{headers}\r\n");
        return raw;
    }

    private static async Task<long?> ProducedBytesAsync(ApiStage stage, ApiStage.Running running)
    {
        _ = stage.NextAsync();
        await running.Done;
        return stage.Stage.Events.Of<RuntimeDone>().Single().ProducedBytes;
    }
}
