using System.Net.Http.Headers;

namespace Thaw.Cli.Service;

/// <summary>Calls the Lambda API of a daemon.</summary>
internal sealed class ServiceClient(Uri endpoint, RequestSigner? signer) : IDisposable
{
    public const string Functions = "/2015-03-31/functions", Layers = "/2018-10-31/layers";

    // A function may take as long as it likes.
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>How people see it.</summary>
    public string Address => endpoint.ToString().TrimEnd('/');

    public static string FunctionPath(string name, string rest = "") => $"{Functions}/{Uri.EscapeDataString(name)}{rest}";

    public Task<ServiceAnswer> GetAsync(string path, CancellationToken stop) => SendAsync(HttpMethod.Get, path, default, stop);

    /// <exception cref="HttpRequestException">Nobody answers, or not to the end.</exception>
    public async Task<ServiceAnswer> SendAsync(
        HttpMethod method, string path, ReadOnlyMemory<byte> body, CancellationToken stop, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(method, path, body, HttpCompletionOption.ResponseContentRead, stop, headers);
        return new(
            (int)response.StatusCode,
            response.Headers.ToDictionary(
                header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
            await response.Content.ReadAsByteArrayAsync(stop));
    }

    /// <summary>For those who read the body themselves.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        ReadOnlyMemory<byte> body,
        HttpCompletionOption completion,
        CancellationToken stop,
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(endpoint, path));
        if (method != HttpMethod.Get)
        {
            request.Content = new ReadOnlyMemoryContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        signer?.Sign(request, body);
        return await http.SendAsync(request, completion, stop);
    }

    public void Dispose() => http.Dispose();
}
