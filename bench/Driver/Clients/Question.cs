using System.Text;

namespace Thaw.Bench.Driver.Clients;

/// <summary>What is asked beside the measuring, by .NET's own client, which takes an answer in whatever form it comes.</summary>
internal static class Question
{
    private static readonly HttpClient Http = new();

    internal static string Get(int port, string path) =>
        Ask(new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{port}{path}")));

    internal static string Post(int port, string path, string json) =>
        Ask(new HttpRequestMessage(HttpMethod.Post, new Uri($"http://127.0.0.1:{port}{path}"))
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        });

    /// <summary>A call of CloudWatch Logs.</summary>
    internal static string AskLogs(int port, string operation, string json) =>
        Ask(new HttpRequestMessage(HttpMethod.Post, new Uri($"http://127.0.0.1:{port}/"))
        {
            Content = new StringContent(json, Encoding.UTF8, "application/x-amz-json-1.1"),
            Headers = { { "X-Amz-Target", $"Logs_20140328.{operation}" } },
        });

    private static string Ask(HttpRequestMessage request)
    {
        using (request)
        {
            try
            {
                using var answer = Http.SendAsync(request).GetAwaiter().GetResult();
                var text = answer.Content.ReadAsStringAsync().GetAwaiter().GetResult();
                return answer.IsSuccessStatusCode ? text : throw new BenchException($"{request.RequestUri}: {answer.StatusCode}, {text}");
            }
            catch (HttpRequestException failure)
            {
                throw new BenchException($"{request.RequestUri}: {failure.Message}");
            }
        }
    }
}
