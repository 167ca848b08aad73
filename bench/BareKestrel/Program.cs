// What any HTTP program of the daemon's kind costs before its first request: it listens, says so, and has one route.
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
var app = builder.Build();
app.MapGet("/healthz", () => "ok");
await app.StartAsync();
Console.WriteLine($"bare-kestrel: listening on {app.Urls.First()}");
await app.WaitForShutdownAsync();
