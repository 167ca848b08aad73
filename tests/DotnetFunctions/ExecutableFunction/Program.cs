// An executable assembly that speaks the Runtime API itself, as Amazon.Lambda.RuntimeSupport does for those who use it.

using System.Text;

using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
var api = new Uri($"http://{Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API")}/2018-06-01/runtime/invocation/");
while (true)
{
    using var next = await client.GetAsync(new Uri(api, "next"));
    var id = next.Headers.GetValues("Lambda-Runtime-Aws-Request-Id").Single();
    var name = Environment.GetEnvironmentVariable("AWS_EXECUTION_ENV");
    Console.WriteLine($"{Environment.CurrentDirectory}, .NET {Environment.Version.Major}");
    using var answer = new StringContent($$"""{"name":"{{name}}","event":{{await next.Content.ReadAsStringAsync()}}}""", Encoding.UTF8);
    using var posted = await client.PostAsync(new Uri(api, $"{id}/response"), answer);
    posted.EnsureSuccessStatusCode();
}
