using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Thaw.Daemon.Functions;
using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.ServiceApi.FunctionResources;
using Thaw.Daemon.ServiceApi.Requests;
using Thaw.Store;

namespace Thaw.Daemon.ServiceApi;

/// <summary>
/// All operations but those that invoke; spec (service) 2.
///
///   raw target --> operation (404) --> body (413) --> members (400) --> the operation's own refusals --> answer
/// </summary>
/// <param name="heldBodies">Bounds what the bodies of all callers together take in memory.</param>
internal sealed class LambdaService(IReadOnlyList<Operation> operations, ServiceWorld world, HeldEvents heldBodies)
{
    /// <summary>What a request with code in it takes at least, in bytes.</summary>
    private const long UploadBytes = 16L * 1024 * 1024;

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task ServeAsync(HttpContext http)
    {
        if (Find(http.Request) is not { } asked)
        {
            await Unknown(http.Request).WriteAsync(http.Response);
            return;
        }

        using (var share = new HeldShare(heldBodies))
        {
            await ServeAsync(http, asked.Operation, asked.Path, share);
            if (share.Bytes < UploadBytes)
                return;
        }

        // An upload leaves copies of itself behind, and the collector is in no hurry: the machine's memory is the functions'.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
    }

    private static async Task<ServiceAnswer> RunAsync(
        HttpRequest request, Operation operation, IReadOnlyDictionary<string, string> path, HeldShare share)
    {
        using var body = await RequestBody.ReadAsync(request, operation, share);
        var violations = new Violations();
        return await operation.RunAsync(new ServiceCall(
            path, request.Query, new Members(body.RootElement, violations), violations, ServerOf(request)));
    }

    private async Task ServeAsync(HttpContext http, Operation operation, IReadOnlyDictionary<string, string> path, HeldShare share)
    {
        try
        {
            var answer = await RunAsync(http.Request, operation, path, share);
            await WriteAsync(http.Response, operation.Status, answer);
        }
        catch (LambdaException refusal)
        {
            await (await ExplainedAsync(refusal.Error, operation, path)).WriteAsync(http.Response);
        }
        catch (StoreException failure)
        {
            await LambdaError.Service(failure.Message).WriteAsync(http.Response);
        }
    }

    // HTTP/1.0 has no Host, and what a caller writes there need not be one. Then the answer names the address that was reached.
    private static Uri ServerOf(HttpRequest request)
    {
        if (Uri.TryCreate($"{request.Scheme}://{request.Host}", UriKind.Absolute, out var server))
            return server;
        var connection = request.HttpContext.Connection;
        return new UriBuilder(request.Scheme, connection.LocalIpAddress?.ToString() ?? "localhost", connection.LocalPort).Uri;
    }

    private static async Task WriteAsync(HttpResponse response, int status, ServiceAnswer answer)
    {
        response.StatusCode = status;
        if (answer.Write is null)
            return;
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body, Writing))
        {
            json.WriteStartObject();
            answer.Write(json);
            json.WriteEndObject();
        }

        response.ContentType = "application/json";
        response.ContentLength = body.WrittenCount;
        await response.Body.WriteAsync(body.WrittenMemory);
    }

    // Segments are decoded once, after they are taken apart: an ARN's own slashes come encoded. Some clients end a path with a slash.
    private (Operation Operation, IReadOnlyDictionary<string, string> Path)? Find(HttpRequest request)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!target.StartsWith('/'))
            target = Uri.TryCreate(target, UriKind.Absolute, out var whole) ? whole.PathAndQuery : "/";
        var end = target.IndexOf('?', StringComparison.Ordinal);
        var path = (end < 0 ? target : target[..end]).TrimEnd('/');
        string[] segments = [.. path.Split('/').Select(Uri.UnescapeDataString)];
        foreach (var operation in operations)
        {
            if (operation.Match(request.Method, segments, request.Query) is { } members)
                return (operation, members);
        }

        return null;
    }

    // To the store, a function in a folder does not exist; to whoever wants to change it, it does, until one of its name is created.
    private async Task<LambdaError> ExplainedAsync(LambdaError error, Operation operation, IReadOnlyDictionary<string, string> path) =>
        error.Shape == "ResourceNotFoundException" && operation.Method != "GET" && path.TryGetValue("FunctionName", out var text)
        && FunctionName.Parse(text) is { Name: var name } && world.Folders.Has(name)
        && await world.Store.ReadAsync(view => view.FindFunction(name)) is null
            ? LambdaError.InvalidParameterValue(
                $"{name} is a folder below --functions, so it is changed by editing its files and its {FunctionDescription.FileName}; "
                + "a function that is made by CreateFunction under this name takes its place.")
            : error;

    private static LambdaError Unknown(HttpRequest request) => new(
        StatusCodes.Status404NotFound,
        "UnknownOperationException",
        $"There is no operation {request.Method} {request.Path} in this version of Thaw.");
}
