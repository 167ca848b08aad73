using System.Text.Json;

namespace Thaw.UnitTests.Daemon.ServiceApi;

public sealed class Event_invoke_configs : IAsyncDisposable
{
    private const string One = "/2019-09-25/functions/f/event-invoke-config", Queue = "arn:aws:sqs:us-east-1:000000000000:q";

    private readonly ServiceStage stage = new();

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Fact, Trait("Spec", "API-012"), Trait("Spec", "API-095"), Trait("Spec", "API-096")]
    public async Task Are_replaced_by_a_PUT_and_completed_by_a_POST()
    {
        await stage.ActiveAsync();
        (await stage.GetAsync(One)).Refused(404, "ResourceNotFoundException", ":f:$LATEST");
        var made = (await stage.CallAsync("PUT", One, """{"MaximumRetryAttempts":0}""")).Succeeded();
        Assert.Equal(JsonValueKind.Number, made.At("LastModified")!.Value.ValueKind);
        Assert.Equal(1769850902.0, made.At("LastModified")!.Value.GetDouble());
        Assert.Equal(("0", null, "{\"OnSuccess\":{},\"OnFailure\":{}}"),
            (made["MaximumRetryAttempts"], made.At("MaximumEventAgeInSeconds"), made["DestinationConfig"]));
        Assert.EndsWith(":function:f:$LATEST", made["FunctionArn"], StringComparison.Ordinal);

        var more = (await stage.CallAsync("POST", One, """
            {"MaximumEventAgeInSeconds":60,"DestinationConfig":{"OnFailure":{"Destination":"arn:aws:sqs:us-east-1:000000000000:q"}}}
            """)).Succeeded();
        Assert.Equal(("0", "60", Queue), (more["MaximumRetryAttempts"], more["MaximumEventAgeInSeconds"],
            more["DestinationConfig.OnFailure.Destination"]));
        var less = (await stage.CallAsync("PUT", One, """{"MaximumEventAgeInSeconds":61}""")).Succeeded();
        Assert.Equal((null, "61", null), (less.At("MaximumRetryAttempts"), less["MaximumEventAgeInSeconds"],
            less.At("DestinationConfig.OnFailure.Destination")));
        (await stage.CallAsync("DELETE", One)).Succeeded(204);
        (await stage.CallAsync("DELETE", One)).Refused(404, "ResourceNotFoundException");
        (await stage.CallAsync("POST", One, """{"MaximumRetryAttempts":0}""")).Refused(404, "ResourceNotFoundException");
    }

    [Fact]
    public async Task Are_each_of_one_qualifier()
    {
        await stage.ActiveAsync(more: "\"Publish\":true");
        foreach (var qualifier in new[] { "1", "%24LATEST" })
            (await stage.CallAsync("PUT", $"{One}?Qualifier={qualifier}", """{"MaximumRetryAttempts":1}""")).Succeeded();
        (await stage.CallAsync("PUT", One + "?Qualifier=9", """{"MaximumRetryAttempts":1}""")).Refused(404, "ResourceNotFoundException");
        var all = (await stage.GetAsync(One + "/list")).Succeeded().Json.GetProperty("FunctionEventInvokeConfigs");
        Assert.Equal(2, all.GetArrayLength());
    }

    [Theory, InlineData("{}", "InvalidParameterValueException", "at least one")]
    [InlineData("{\"MaximumRetryAttempts\":3}", "ValidationException", "less than or equal to 2")]
    [InlineData("{\"MaximumEventAgeInSeconds\":59}", "ValidationException", "greater than or equal to 60")]
    [InlineData("{\"DestinationConfig\":{\"OnSuccess\":{\"Destination\":\"nonsense\"}}}", "ValidationException", "onSuccess.destination")]
    [InlineData("{\"DestinationConfig\":{\"OnSuccess\":{\"Destination\":\"arn:aws:s3:::bucket\"}}}", "InvalidParameterValueException",
        "OnFailure only")]
    [InlineData(
        "{\"DestinationConfig\":{\"OnSuccess\":{\"Destination\":\"arn:aws:lambda:us-east-1:000000000000:function:f\"}}}",
        "InvalidParameterValueException", "destination for itself")]
    public async Task Refuse_what_makes_no_sense(string body, string error, string text)
    {
        await stage.ActiveAsync();
        (await stage.CallAsync("PUT", One, body)).Refused(400, error, text);
    }
}
