namespace Thaw.DotnetRuntime;

/// <summary>The Runtime API as calls; spec: section 2.</summary>
/// <param name="patience">How long an answer may take; without it, for ever.</param>
internal sealed class RuntimeApi(string authority, TimeSpan patience = default) : IDisposable
{
    private const string Base = "/2018-06-01/runtime";

    private readonly Connection connection = new(authority, patience);

    public void Dispose() => connection.Dispose();

    public Invocation Next()
    {
        var answer = connection.Request("GET", $"{Base}/invocation/next");
        if (answer.Status != 200)
            throw new RuntimeApiException($"next was answered with {answer.Status}: {answer.Text}");
        return answer.Headers.TryGetValue("lambda-runtime-aws-request-id", out var requestId)
            ? new Invocation(requestId, answer.Headers, answer.Body)
            : throw new RuntimeApiException("next brought no request id");
    }

    public void RestoreNext()
    {
        var answer = connection.Request("GET", $"{Base}/restore/next");
        if (answer.Status != 200)
            throw new RuntimeApiException($"restore/next was answered with {answer.Status}: {answer.Text}");
    }

    public void Respond(Invocation invocation, ReadOnlyMemory<byte> body) =>
        Post($"{PathOf(invocation)}/response", body, [("Content-Type", "application/json"), .. Echo(invocation)]);

    public void Fail(Invocation invocation, Exception error) =>
        PostError($"{PathOf(invocation)}/error", error, error.GetType().Name, Echo(invocation));

    public void FailInit(Exception error, string errorType) => PostError($"{Base}/init/error", error, errorType, []);

    public void FailRestore(Exception error, string errorType) => PostError($"{Base}/restore/error", error, errorType, []);

    // Customers choose request ids, so one may hold anything.
    private static string PathOf(Invocation invocation) => $"{Base}/invocation/{Uri.EscapeDataString(invocation.RequestId)}";

    // Lets the platform tell this attempt from an earlier one with the same request id; spec: ENV-073.
    private static (string, string)[] Echo(Invocation invocation) =>
        invocation.Attempt is { } attempt ? [("Lambda-Runtime-Invocation-Id", attempt)] : [];

    private void PostError(string path, Exception error, string errorType, (string, string)[] headers) => Post(
        path,
        ErrorBody.Of(error),
        [("Content-Type", "application/vnd.aws.lambda.error+json"), ("Lambda-Runtime-Function-Error-Type", errorType), .. headers]);

    private void Post(string path, ReadOnlyMemory<byte> body, (string, string)[] headers)
    {
        var answer = connection.Request("POST", path, headers, body);
        if (answer.Status < 300)
            return;
        var text = $"The Runtime API refused an answer with {answer.Status}: {answer.Text.Trim()}";

        // It refused this answer, not this process: the invocation is too late or its answer too large. Work goes on.
        if (answer.Status is not (400 or 403 or 410 or 413))
            throw new RuntimeApiException(text);
        Console.WriteLine(text);
    }
}
