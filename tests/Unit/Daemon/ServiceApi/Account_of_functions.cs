namespace Thaw.UnitTests.Daemon.ServiceApi;

public sealed class Account_of_functions : IAsyncDisposable
{
    private const string Tags = "/2017-03-31/tags/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af";

    private readonly ServiceStage stage = new();

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Fact, Trait("Spec", "API-010"), Trait("Spec", "API-037")]
    public async Task Has_tags_on_functions()
    {
        await stage.ActiveAsync(more: """ "Tags":{"a":"1"} """);
        var before = (await stage.StoredAsync("f"))!.RevisionId;
        (await stage.CallAsync("POST", Tags, """{"Tags":{"b":"2","c":"3"}}""")).Succeeded(204);
        Assert.NotEqual(before, (await stage.StoredAsync("f"))!.RevisionId);
        Assert.Equal("""{"a":"1","b":"2","c":"3"}""", (await stage.GetAsync(Tags)).Succeeded()["Tags"]);
        (await stage.CallAsync("DELETE", Tags + "?tagKeys=a&tagKeys=b&tagKeys=never")).Succeeded(204);
        Assert.Equal("""{"c":"3"}""", (await stage.GetAsync("/2015-03-31/functions/f"))["Tags"]);
        await stage.CallAsync("DELETE", Tags + "?tagKeys=c");
        Assert.Null((await stage.GetAsync("/2015-03-31/functions/f")).At("Tags"));
    }

    [Fact]
    public async Task Refuses_tags_that_are_too_many_or_in_the_wrong_place()
    {
        await stage.ActiveAsync(more: "\"Publish\":true");
        string Many(int count) => string.Join(",", Enumerable.Range(0, count).Select(number => $"\"k{number}\":\"v\""));
        (await stage.CallAsync("POST", Tags, $"{{\"Tags\":{{{Many(51)}}}}}")).Refused(400, "InvalidParameterValueException", "50");
        (await stage.CallAsync("POST", Tags, $"{{\"Tags\":{{{Many(50)}}}}}")).Succeeded(204);
        (await stage.CallAsync("POST", Tags, """{"Tags":{"one more":"v"}}""")).Refused(400, "InvalidParameterValueException", "50");
        (await stage.CallAsync("POST", Tags, """{"Tags":{}}""")).Refused(400, "InvalidParameterValueException");
        (await stage.CallAsync("POST", Tags, "{}")).Refused(400, "ValidationException", "'tags'");
        (await stage.CallAsync("POST", Tags + "%3A1", """{"Tags":{"a":"1"}}""")).Refused(
            400, "InvalidParameterValueException", "aliases and versions");
        (await stage.CallAsync("DELETE", Tags)).Refused(400, "ValidationException", "tagKeys");
        (await stage.GetAsync("/2017-03-31/tags/nonsense")).Refused(400, "ValidationException", "'nonsense' at 'resource'");
        (await stage.GetAsync(Tags[..^1] + "g")).Refused(404, "ResourceNotFoundException");
        (await stage.CreateAsync("g", $"\"Tags\":{{{Many(51)}}}")).Refused(400, "InvalidParameterValueException");
    }

    [Fact]
    public async Task Tells_what_it_may_have_and_has()
    {
        var zip = ServiceStage.Zip();
        await stage.ActiveAsync(zip: zip);
        await stage.CallAsync("PUT", "/2017-10-31/functions/f/concurrency", """{"ReservedConcurrentExecutions":5}""");
        var settings = (await stage.GetAsync("/2016-08-19/account-settings/")).Succeeded();
        Assert.Equal(("1000", "995", "52428800"), (settings["AccountLimit.ConcurrentExecutions"],
            settings["AccountLimit.UnreservedConcurrentExecutions"], settings["AccountLimit.CodeSizeZipped"]));
        Assert.Equal(($"{zip.Length}", "1"), (settings["AccountUsage.TotalCodeSize"], settings["AccountUsage.FunctionCount"]));
    }

    [Fact, Trait("Spec", "API-125")]
    public async Task Has_code_signing_configurations_that_sign_nothing()
    {
        const string All = "/2020-04-22/code-signing-configs", OfFunction = "/2020-06-30/functions/f/code-signing-config";
        await stage.ActiveAsync();
        Assert.Equal("{}", (await stage.GetAsync(OfFunction)).Succeeded().Json.ToString());
        const string Body = """
            {"AllowedPublishers":{"SigningProfileVersionArns":["arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/v"]}}
            """;
        var arn = (await stage.CallAsync("POST", All + "/", Body)).Succeeded(201)["CodeSigningConfig.CodeSigningConfigArn"];
        var one = $"{All}/{Uri.EscapeDataString(arn)}";
        Assert.Equal("Warn",
            (await stage.GetAsync(one)).Succeeded()["CodeSigningConfig.CodeSigningPolicies.UntrustedArtifactOnDeployment"]);
        (await stage.CallAsync("PUT", OfFunction, $$"""{"CodeSigningConfigArn":"{{arn}}"}""")).Succeeded();
        Assert.Equal(arn, (await stage.GetAsync(OfFunction)).Succeeded()["CodeSigningConfigArn"]);
        Assert.Single((await stage.GetAsync(one + "/functions")).Succeeded().Json.GetProperty("FunctionArns").EnumerateArray());
        (await stage.CallAsync("DELETE", one)).Refused(409, "ResourceConflictException", "function f");
        (await stage.CallAsync("PUT", one, """{"Description":"d"}""")).Succeeded();
        (await stage.CallAsync("DELETE", OfFunction)).Succeeded(204);
        (await stage.CallAsync("DELETE", one)).Succeeded(204);
        (await stage.GetAsync(one)).Refused(404, "CodeSigningConfigNotFoundException");
        Assert.Empty((await stage.GetAsync(All)).Succeeded().Json.GetProperty("CodeSigningConfigs").EnumerateArray());
    }

    [Fact]
    public async Task Keeps_what_it_does_not_act_upon()
    {
        const string Recursion = "/2024-08-31/functions/f/recursion-config", Runtime = "/2021-07-20/functions/f/runtime-management-config";
        await stage.ActiveAsync();
        Assert.Equal("Terminate", (await stage.GetAsync(Recursion)).Succeeded()["RecursiveLoop"]);
        (await stage.CallAsync("PUT", Recursion, """{"RecursiveLoop":"Allow"}""")).Succeeded();
        Assert.Equal("Allow", (await stage.GetAsync(Recursion)).Succeeded()["RecursiveLoop"]);
        (await stage.CallAsync("PUT", Recursion, "{}")).Refused(400, "ValidationException", "recursiveLoop");

        Assert.Equal("Auto", (await stage.GetAsync(Runtime)).Succeeded()["UpdateRuntimeOn"]);
        (await stage.CallAsync("PUT", Runtime, """{"UpdateRuntimeOn":"FunctionUpdate"}""")).Succeeded();
        Assert.Equal("FunctionUpdate", (await stage.GetAsync(Runtime + "?Qualifier=%24LATEST")).Succeeded()["UpdateRuntimeOn"]);
        (await stage.CallAsync("PUT", Runtime, """{"UpdateRuntimeOn":"Manual"}""")).Refused(
            400, "InvalidParameterValueException", "Manual");
    }
}
