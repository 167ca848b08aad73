using System.Net.Http.Headers;
using System.Text;

namespace Thaw.Daemon.Events;

/// <summary>A web hook: the message is the body, its attributes are headers, in UTF-8.</summary>
internal sealed class HttpDestination(HttpMessageInvoker http, Uri address) : IDestination
{
    /// <summary>What speaks to destinations.</summary>
    public static HttpMessageInvoker NewHttp() => new(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 });

    public async Task SendAsync(DestinationMessage message, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new ReadOnlyMemoryContent(message.Body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        foreach (var (name, _, value) in message.Attributes)
            request.Headers.TryAddWithoutValidation($"X-Thaw-{name}", Line(value));
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

    // No header has line ends or other characters that control something.
    private static string Line(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
}
