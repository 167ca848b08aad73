using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Thaw.Daemon.InvokeApi;
using Thaw.EnvironmentApis.Sockets;

namespace Thaw.Daemon.ServiceApi.Requests;

/// <summary>A request's JSON object, read to its end within the operation's limit.</summary>
internal static class RequestBody
{
    /// <summary>A zip is in the body as text, and stands beside it when it is decoded.</summary>
    private const int Copies = 2;

    /// <summary>No body is an object without members.</summary>
    /// <exception cref="LambdaException">It is too large, or no JSON object, or there is no room for it beside those of others.</exception>
    public static async Task<JsonDocument> ReadAsync(HttpRequest request, Operation operation, HeldShare share)
    {
        if (request.ContentLength > operation.MaxBodyBytes)
            throw TooLargeFor(operation);
        var whole = new WholePayload(request.ContentLength);
        ReadResult read;
        do
        {
            read = await request.BodyReader.ReadAsync();
            var isTooLarge = whole.Length + read.Buffer.Length > operation.MaxBodyBytes;
            var hasRoom = isTooLarge || share.TryAdd(Copies * read.Buffer.Length);
            if (!isTooLarge && hasRoom)
                whole.Append(read.Buffer);
            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (isTooLarge)
                throw TooLargeFor(operation);
            if (!hasRoom)
                throw new LambdaException(NoRoom);
        }
        while (!read.IsCompleted);

        // What follows takes a while, and this thread may be one that serves sockets; decision 0013.
        await Task.Yield();
        return Parse(whole.Memory);
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            var document = JsonDocument.Parse(text.IsEmpty ? "{}"u8.ToArray() : text);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            document.Dispose();
            throw new LambdaException(LambdaError.Serialization("The body is no JSON object."));
        }
        catch (JsonException broken)
        {
            throw new LambdaException(LambdaError.Serialization($"The body is no JSON: {broken.Message}"));
        }
    }

    private static LambdaError NoRoom =>
        LambdaError.TooManyRequests("CallerRateLimitExceeded", "Rate Exceeded. The requests of other callers fill the memory.");

    private static LambdaException TooLargeFor(Operation operation) => new(LambdaError.RequestEntityTooLarge(string.Create(
        CultureInfo.InvariantCulture, $"Request must be smaller than {operation.MaxBodyBytes} bytes for the {operation.Name} operation")));
}
