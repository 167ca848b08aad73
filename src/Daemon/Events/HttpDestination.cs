using System.Net.Http.Headers;

namespace Thaw.Daemon.Events;

/// <summary>A web hook: the message is the body, its attributes are headers.</summary>
internal sealed class HttpDestination(HttpMessageInvoker http, Uri address) : IDestination
{
    public async Task SendAsync(DestinationMessage message, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new ReadOnlyMemoryContent(message.Body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        foreach (var (name, _, value) in message.Attributes)
            request.Headers.TryAddWithoutValidation($"X-Thaw-{name}", value.ReplaceLineEndings(" "));
        await SendAsync(http, request, stop);
    }

    /// <summary>Sends it; whatever is no success is a <see cref="DestinationException"/>.</summary>
    public static async Task SendAsync(HttpMessageInvoker http, HttpRequestMessage request, CancellationToken stop)
    {
        try
        {
            using var answer = await http.SendAsync(request, stop);
            if (!answer.IsSuccessStatusCode)
                throw new DestinationException($"{request.RequestUri} answered {(int)answer.StatusCode} {answer.ReasonPhrase}");
        }
        catch (HttpRequestException fault)
        {
            throw new DestinationException($"{request.RequestUri}: {fault.Message}", fault);
        }
    }
}
