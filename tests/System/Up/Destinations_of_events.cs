using System.Text.Json;

namespace Thaw.SystemTests.Up;

/// <summary>Who hears of the end of an event, with real functions, and files for destinations.</summary>
public sealed class Destinations_of_events : IAsyncLifetime
{
    private const string Told = "arn:aws:sqs:us-east-1:000000000000:told", Dead = "arn:aws:sqs:us-east-1:000000000000:dead";

    private const string Event = """{"id":7}""";

    private static readonly byte[] Failing = CreatedFunctions.Zip("index.mjs", """
        export const handler = async () => {
          console.log('it ran');
          throw new Error('Größe fehlt');
        };
        """);

    private readonly FunctionsFolder functions = new();
    private RunningDaemon daemon = null!;

    public async ValueTask InitializeAsync() => daemon = await RunningDaemon.StartAsync(
        functions, "--destination", $"{Told}=file://{FileOf(Told)}", "--destination", $"{Dead}=file://{FileOf(Dead)}");

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        functions.Dispose();
    }

    [Fact, Trait("Spec", "API-091")]
    public async Task Hear_of_success_under_the_name_that_was_invoked()
    {
        await daemon.CreateReadyAsync("works", CreatedFunctions.Worker(), ",\"Publish\":true");
        var made = await daemon.CallAsync(
            HttpMethod.Post, "/2015-03-31/functions/works/aliases", """{"Name":"live","FunctionVersion":"1"}""");
        Assert.True(made.Status == 201, made.ToString());
        await ConfigureAsync("works", "\"MaximumRetryAttempts\":2", "?Qualifier=live");
        var record = await EndAsync("works:live");
        AssertIs("Success", 1, ":function:works:live", record);
        var context = record.GetProperty("responseContext");
        Assert.Equal((200, "1"), (context.GetProperty("statusCode").GetInt32(), context.GetProperty("executedVersion").GetString()));
        Assert.False(context.TryGetProperty("functionError", out _));
        Assert.Equal("live", record.GetProperty("responsePayload").GetProperty("arn").GetString()!.Split(':')[^1]);
        Assert.False(File.Exists(FileOf(Dead)));
    }

    [Theory, Trait("Spec", "API-089"), Trait("Spec", "API-090"), Trait("Spec", "API-092"), Trait("Spec", "API-094")]
    [InlineData("\"MaximumRetryAttempts\":0", "RetriesExhausted")]
    [InlineData("\"MaximumEventAgeInSeconds\":60", "EventAgeExceeded")]
    public async Task Hear_of_failure_as_the_dead_letter_queue_does(string rules, string condition)
    {
        await CreateFailingAsync();
        await ConfigureAsync("fails", rules);
        var record = await EndAsync("fails");
        AssertIs(condition, 1, ":function:fails:$LATEST", record);
        var context = record.GetProperty("responseContext");
        Assert.Equal(
            (200, "$LATEST", "Unhandled"),
            (context.GetProperty("statusCode").GetInt32(), context.GetProperty("executedVersion").GetString(),
                context.GetProperty("functionError").GetString()));
        Assert.Equal("Größe fehlt", record.GetProperty("responsePayload").GetProperty("errorMessage").GetString());
        Assert.Equal(Event, await LineAsync(Dead));
    }

    [Fact, Trait("Spec", "API-093"), Trait("Spec", "API-094")]
    public async Task Hear_of_events_that_may_not_run()
    {
        await CreateFailingAsync();
        await ConfigureAsync("fails", "\"MaximumRetryAttempts\":2");
        (await daemon.CallAsync(HttpMethod.Put, "/2017-10-31/functions/fails/concurrency", """{"ReservedConcurrentExecutions":0}"""))
            .Succeeded();
        var record = await EndAsync("fails");
        AssertIs("ZeroReservedConcurrency", 0, ":function:fails:$LATEST", record);
        Assert.False(record.TryGetProperty("responseContext", out _) || record.TryGetProperty("responsePayload", out _), $"{record}");
        Assert.Equal(Event, await LineAsync(Dead));
        Assert.DoesNotContain("it ran", daemon.Said, StringComparison.Ordinal);
    }

    private static void AssertIs(string condition, int attempts, string function, JsonElement record)
    {
        var context = record.GetProperty("requestContext");
        Assert.Equal(condition, context.GetProperty("condition").GetString());
        Assert.Equal(attempts, context.GetProperty("approximateInvokeCount").GetInt32());
        Assert.EndsWith(function, context.GetProperty("functionArn").GetString(), StringComparison.Ordinal);
        Assert.Equal(Event, record.GetProperty("requestPayload").GetRawText());
    }

    private Task CreateFailingAsync() =>
        daemon.CreateReadyAsync("fails", Failing, $$""","DeadLetterConfig":{"TargetArn":"{{Dead}}"}""");

    private async Task ConfigureAsync(string function, string rules, string query = "") => (await daemon.CallAsync(
        HttpMethod.Put, $"/2019-09-25/functions/{function}/event-invoke-config{query}", $$$"""
        {"DestinationConfig":{"OnSuccess":{"Destination":"{{{Told}}}"},"OnFailure":{"Destination":"{{{Told}}}"}},{{{rules}}}}
        """)).Succeeded();

    /// <summary>The record of the only event, which this invokes.</summary>
    private async Task<JsonElement> EndAsync(string function)
    {
        var taken = await daemon.InvokeAsync(function, Event, ("X-Amz-Invocation-Type", "Event"));
        Assert.Equal(202, taken.Status);
        var record = JsonDocument.Parse(await LineAsync(Told)).RootElement;
        Assert.Equal(taken.Header("x-amzn-RequestId"), record.GetProperty("requestContext").GetProperty("requestId").GetString());
        return record;
    }

    private async Task<string> LineAsync(string arn)
    {
        await daemon.UntilAsync(() => File.Exists(FileOf(arn)) && File.ReadAllText(FileOf(arn)).EndsWith('\n'), $"{arn} has heard of it");
        return Assert.Single(File.ReadAllLines(FileOf(arn)));
    }

    private string FileOf(string arn) => Path.Combine(functions.Path, arn.Split(':')[^1]);
}
