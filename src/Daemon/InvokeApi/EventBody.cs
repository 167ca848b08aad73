using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Thaw.Daemon.ServiceApi;
using Thaw.EnvironmentApis.Sockets;

namespace Thaw.Daemon.InvokeApi;

/// <summary>The event that a caller sends: read to its end, within the limit, and known to be JSON.</summary>
internal static class EventBody
{
    private static readonly byte[] EmptyObject = "{}"u8.ToArray();

    /// <summary>The whole event; an empty one is an empty object. Spec (service) 9.1, 9.2.</summary>
    public static async ValueTask<(ReadOnlyMemory<byte> Event, LambdaError? Error)> ReadAsync(
        HttpRequest request, InvocationType type, int maxBytes)
    {
        if (request.ContentLength > maxBytes)
            return (default, LambdaError.RequestTooLarge(request.ContentLength.Value, maxBytes, type));

        var whole = new WholePayload(request.ContentLength);
        ReadResult read;
        do
        {
            read = await request.BodyReader.ReadAsync();
            if (whole.Length + read.Buffer.Length > maxBytes)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return (default, LambdaError.RequestTooLarge(whole.Length + read.Buffer.Length, maxBytes, type));
            }

            whole.Append(read.Buffer);
            request.BodyReader.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted);

        return Checked(whole.Memory);
    }

    /// <summary>The same of one that is here already, and may be kept.</summary>
    public static (ReadOnlyMemory<byte> Event, LambdaError? Error) Checked(ReadOnlyMemory<byte> whole)
    {
        if (whole.IsEmpty)
            return (EmptyObject, null);
        return WhyNotJson(whole.Span) is { } fault ? (default, LambdaError.InvalidRequestContent(fault)) : (whole, null);
    }

    private static string? WhyNotJson(ReadOnlySpan<byte> text)
    {
        try
        {
            // Skips over the whole value, and so reads every token of it.
            var json = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 1000 });
            while (json.Read())
                CheckText(ref json);
            return null;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return $"Could not parse request body into json: {broken.Message.TrimEnd('.')}. Send one JSON value in UTF-8.";
        }
    }

    // The reader leaves the bytes of strings unchecked until somebody wants them as text.
    private static void CheckText(ref Utf8JsonReader json)
    {
        if (json.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && !System.Text.Unicode.Utf8.IsValid(json.ValueSpan))
            throw new JsonException($"Invalid UTF-8 in the text that begins at byte {json.TokenStartIndex}.");
    }
}
