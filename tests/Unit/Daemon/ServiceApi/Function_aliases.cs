using Thaw.Daemon.Functions;

namespace Thaw.UnitTests.Daemon.ServiceApi;

public sealed class Function_aliases : IAsyncDisposable
{
    private const string Aliases = "/2015-03-31/functions/f/aliases", Live = Aliases + "/live";

    private readonly ServiceStage stage = new();

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Fact, Trait("Spec", "API-063")]
    public async Task Lead_to_a_version()
    {
        await TwoVersionsAsync();
        var made = (await CreateAsync("live", "1", """ "Description":"d" """)).Succeeded(201);
        Assert.Equal(("live", "1", "d", null), (made["Name"], made["FunctionVersion"], made["Description"], made.At("RoutingConfig")));
        Assert.Equal("arn:aws:lambda:us-east-1:000000000000:function:f:live", made["AliasArn"]);
        var shown = (await stage.GetAsync("/2015-03-31/functions/f/configuration?Qualifier=live")).Succeeded();
        Assert.Equal((made["AliasArn"], "1"), (shown["FunctionArn"], shown["Version"]));
        Assert.Equal("1", await VersionAsync());
        (await stage.CallAsync("PUT", Live, """{"FunctionVersion":"2"}""")).Succeeded();
        Assert.Equal("2", await VersionAsync());
    }

    [Fact]
    public async Task Have_a_name_of_their_own()
    {
        await TwoVersionsAsync();
        (await CreateAsync("live", "1")).Succeeded(201);
        (await CreateAsync("live", "2")).Refused(409, "ResourceConflictException", "Alias already exists");
        (await CreateAsync("latest", "$LATEST")).Succeeded(201);
    }

    [Fact, Trait("Spec", "API-057"), Trait("Spec", "API-058")]
    public async Task Are_no_numbers_and_lead_to_what_is_there()
    {
        await TwoVersionsAsync();
        (await CreateAsync("12", "1")).Refused(400, "ValidationException", "'12' at 'name'");
        (await CreateAsync("live", "9")).Refused(404, "ResourceNotFoundException", ":function:f:9");
        (await CreateAsync("live", "01")).Refused(404, "ResourceNotFoundException", ":function:f:01");
        (await CreateAsync("live", "other")).Refused(400, "ValidationException", "'other' at 'functionVersion'");
        (await stage.CallAsync("POST", "/2015-03-31/functions/g/aliases", """{"Name":"live","FunctionVersion":"1"}"""))
            .Refused(404, "ResourceNotFoundException", ":function:g");
    }

    [Theory, Trait("Spec", "API-059")]
    [InlineData("\"2\":1.5", "ValidationException", "{2=1.5}")]
    [InlineData("\"2\":-0.1", "ValidationException", "routingConfig.additionalVersionWeights")]
    [InlineData("\"2\":0.1,\"3\":0.1", "InvalidParameterValueException", "greater than 1")]
    [InlineData("\"1\":0.1", "InvalidParameterValueException", "already included")]
    [InlineData("\"$LATEST\":0.1", "ValidationException", "$LATEST")]
    public async Task Refuse_weights_that_make_no_sense(string weights, string error, string text)
    {
        await TwoVersionsAsync();
        (await CreateAsync("live", "1", Routing(weights))).Refused(400, error, text);
    }

    [Fact]
    public async Task Share_nothing_with_LATEST_and_with_what_is_not_there()
    {
        await TwoVersionsAsync();
        (await CreateAsync("live", "$LATEST", Routing("\"1\":0.1"))).Refused(
            400, "InvalidParameterValueException", "$LATEST is not supported");
        (await CreateAsync("live", "1", Routing("\"9\":0.1"))).Refused(404, "ResourceNotFoundException");
        (await CreateAsync("live", "1", Routing("\"01\":0.1"))).Refused(404, "ResourceNotFoundException");
    }

    [Fact, Trait("Spec", "API-060")]
    public async Task Share_their_invocations_by_weight()
    {
        await TwoVersionsAsync();
        Assert.Equal("0.2",
            (await CreateAsync("live", "1", Routing("\"2\":0.2"))).Succeeded(201)["RoutingConfig.AdditionalVersionWeights.2"]);
        var drawn = new Dictionary<string, int>();
        for (var call = 0; call < 5000; call++)
        {
            var version = await VersionAsync();
            drawn[version] = drawn.GetValueOrDefault(version) + 1;
        }

        Assert.InRange(drawn["2"], 850, 1150);
        Assert.Equal(5000, drawn["1"] + drawn["2"]);
    }

    [Fact, Trait("Spec", "API-061")]
    public async Task Stop_sharing_when_the_weights_are_empty()
    {
        await TwoVersionsAsync();
        await CreateAsync("live", "1", Routing("\"2\":1"));
        Assert.Equal("2", await VersionAsync());
        var kept = (await stage.CallAsync("PUT", Live, """{"Description":"d"}""")).Succeeded();
        Assert.NotNull(kept.At("RoutingConfig"));
        var cleared = (await stage.CallAsync("PUT", Live, $"{{{Routing("")}}}")).Succeeded();
        Assert.Null(cleared.At("RoutingConfig"));
        Assert.Equal("1", await VersionAsync());
    }

    [Fact]
    public async Task Are_changed_by_nobody_who_means_another_revision()
    {
        await TwoVersionsAsync();
        var made = await CreateAsync("live", "1");
        (await stage.CallAsync("PUT", Live, """{"RevisionId":"old"}""")).Refused(412, "PreconditionFailedException");
        var changed = (await stage.CallAsync("PUT", Live, $$"""{"RevisionId":"{{made["RevisionId"]}}"}""")).Succeeded();
        Assert.NotEqual(made["RevisionId"], changed["RevisionId"]);
        (await stage.CallAsync("PUT", Aliases + "/other", "{}")).Refused(404, "ResourceNotFoundException", "Cannot find alias arn");
    }

    [Fact]
    public async Task Are_listed_of_one_version_too()
    {
        await TwoVersionsAsync();
        await CreateAsync("a", "1");
        await CreateAsync("b", "2");
        Assert.Equal(2, (await stage.GetAsync(Aliases)).Json.GetProperty("Aliases").GetArrayLength());
        var one = Assert.Single((await stage.GetAsync(Aliases + "?FunctionVersion=2")).Json.GetProperty("Aliases").EnumerateArray());
        Assert.Equal("b", one.GetProperty("Name").GetString());
        var first = await stage.GetAsync(Aliases + "?MaxItems=1");
        Assert.Single((await stage.GetAsync($"{Aliases}?Marker={first["NextMarker"]}")).Json.GetProperty("Aliases").EnumerateArray());
    }

    [Fact, Trait("Spec", "API-062"), Trait("Spec", "API-047")]
    public async Task Hold_their_version_until_they_are_deleted()
    {
        await TwoVersionsAsync();
        await CreateAsync("live", "1", Routing("\"2\":0.5"));
        foreach (var version in new[] { "1", "2" })
        {
            (await stage.CallAsync("DELETE", $"/2015-03-31/functions/f?Qualifier={version}")).Refused(
                409, "ResourceConflictException", "[live]");
        }

        (await stage.CallAsync("DELETE", Live)).Succeeded(204);
        (await stage.CallAsync("DELETE", Live)).Succeeded(204);
        (await stage.GetAsync(Live)).Refused(404, "ResourceNotFoundException");
        Assert.IsType<FunctionState.Unknown>(await stage.Functions.FindAsync("f", "live"));
        (await stage.CallAsync("DELETE", "/2015-03-31/functions/f?Qualifier=1")).Succeeded(204);
    }

    private static string Routing(string weights) => $$$""" "RoutingConfig":{"AdditionalVersionWeights":{{{{weights}}}}} """;

    private async Task TwoVersionsAsync()
    {
        await stage.ActiveAsync(more: "\"Publish\":true");
        await stage.ConfigureAsync("f", """{"Timeout":4}""");
        await stage.DeployAsync();
        Assert.Equal("2", (await stage.CallAsync("POST", "/2015-03-31/functions/f/versions", "{}")).Succeeded(201)["Version"]);
    }

    private Task<ServiceReply> CreateAsync(string name, string version, string more = "") => stage.CallAsync(
        "POST", Aliases, $$"""{"Name":"{{name}}","FunctionVersion":"{{version}}"{{(more.Length > 0 ? "," : "")}}{{more}}}""");

    private async Task<string> VersionAsync() =>
        Assert.IsType<FunctionState.Ready>(await stage.Functions.FindAsync("f", "live")).Plan.Function.Version;
}
