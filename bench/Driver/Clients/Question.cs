namespace Thaw.Bench.Driver.Clients;

/// <summary>What is asked beside the measuring: a GET by .NET's own client, which takes an answer in whatever form it comes.</summary>
internal static class Question
{
    private static readonly HttpClient Http = new();

    internal static string Get(int port, string path)
    {
        try
        {
            return Http.GetStringAsync(new Uri($"http://127.0.0.1:{port}{path}")).GetAwaiter().GetResult();
        }
        catch (HttpRequestException failure)
        {
            throw new BenchException($"GET {path}: {failure.Message}");
        }
    }
}
