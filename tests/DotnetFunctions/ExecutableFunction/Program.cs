// An executable assembly that speaks the Runtime API itself, as Amazon.Lambda.RuntimeSupport does for those who use it: it calls
// restore/next with SnapStart, and then answers with what it was by its Init, too.

using System.Text;

using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
var api = new Uri($"http://{Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API")}/2018-06-01/runtime/invocation/");
var name = Environment.GetEnvironmentVariable("AWS_EXECUTION_ENV");
var type = Environment.GetEnvironmentVariable("AWS_LAMBDA_INITIALIZATION_TYPE");
var (init, isRestored) = (Guid.NewGuid(), false);
if (type == "snap-start")
{
    using var restored = await client.GetAsync(new Uri(api, "../restore/next"));
    isRestored = restored.IsSuccessStatusCode;
}

while (true)
{
    using var next = await client.GetAsync(new Uri(api, "next"));
    var id = next.Headers.GetValues("Lambda-Runtime-Aws-Request-Id").Single();
    var @event = await next.Content.ReadAsStringAsync();
    if (!isRestored)
        Console.WriteLine($"{Environment.CurrentDirectory}, .NET {Environment.Version.Major}");
    else if (System.Text.Json.JsonDocument.Parse(@event).RootElement.TryGetProperty("seconds", out var seconds))
        await Task.Delay(TimeSpan.FromSeconds(seconds.GetInt32()));
    var story = $"\"init\":\"{init}\",\"now\":\"{Guid.NewGuid()}\",\"type\":\"{type}\",\"restored\":true";
    using var answer = new StringContent(
        isRestored ? $"{{{story}}}" : $$"""{"name":"{{name}}","event":{{@event}}}""", Encoding.UTF8);
    using var posted = await client.PostAsync(new Uri(api, $"{id}/response"), answer);
    posted.EnsureSuccessStatusCode();
}
