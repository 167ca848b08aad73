using Thaw.Daemon.Functions;

namespace Thaw.UnitTests.Daemon.ServiceApi;

public sealed class Function_versions : IAsyncDisposable
{
    private const string Versions = "/2015-03-31/functions/f/versions";

    private readonly ServiceStage stage = new();

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Fact, Trait("Spec", "API-050")]
    public async Task Begin_at_1_and_are_ready_at_once()
    {
        await stage.ActiveAsync();
        var first = (await PublishAsync("""{"Description":"one"}""")).Succeeded(201);
        Assert.Equal(("1", "one", "Active", "Successful"),
            (first["Version"], first["Description"], first["State"], first["LastUpdateStatus"]));
        Assert.EndsWith(":function:f:1", first["FunctionArn"], StringComparison.Ordinal);
        var shown = (await stage.GetAsync("/2015-03-31/functions/f/configuration?Qualifier=1")).Succeeded();
        Assert.Equal((first["FunctionArn"], first["RevisionId"]), (shown["FunctionArn"], shown["RevisionId"]));
        var plan = Assert.IsType<FunctionState.Ready>(await stage.Functions.FindAsync("f", "1")).Plan;
        Assert.Equal("1", plan.Function.Version);
    }

    [Fact, Trait("Spec", "API-051")]
    public async Task Are_the_same_while_nothing_changes()
    {
        await stage.ActiveAsync();
        var first = (await PublishAsync()).Succeeded(201);
        var again = (await PublishAsync("""{"Description":"other"}""")).Succeeded(201);
        Assert.Equal(("1", first["RevisionId"]), (again["Version"], again["RevisionId"]));
        await stage.ConfigureAsync("f", """{"Timeout":4}""");
        await stage.DeployAsync();
        Assert.Equal("2", (await PublishAsync()).Succeeded(201)["Version"]);
    }

    [Fact]
    public async Task Make_another_revision_of_LATEST()
    {
        await stage.ActiveAsync();
        var before = (await stage.StoredAsync("f"))!.RevisionId;
        await PublishAsync();
        Assert.NotEqual(before, (await stage.StoredAsync("f"))!.RevisionId);
    }

    [Fact, Trait("Spec", "API-052")]
    public async Task Are_not_made_of_other_code_than_their_publisher_means()
    {
        await stage.ActiveAsync();
        (await PublishAsync("""{"CodeSha256":"abc"}""")).Refused(
            400, "InvalidParameterValueException", "is different from current CodeSHA256");
        (await PublishAsync("""{"RevisionId":"old"}""")).Refused(412, "PreconditionFailedException");
        (await PublishAsync($$"""{"CodeSha256":"{{(await stage.StoredAsync("f"))!.Deployment.Code.Sha256}}"}""")).Succeeded(201);
    }

    [Fact, Trait("Spec", "API-053"), Trait("Spec", "API-045")]
    public async Task Never_have_the_number_of_one_that_was_deleted()
    {
        await stage.ActiveAsync();
        await PublishAsync();
        (await stage.CallAsync("DELETE", "/2015-03-31/functions/f?Qualifier=1")).Succeeded(204);
        (await stage.CallAsync("DELETE", "/2015-03-31/functions/f?Qualifier=1")).Succeeded(204);
        Assert.Equal("2", (await PublishAsync()).Succeeded(201)["Version"]);
        (await stage.CallAsync("DELETE", "/2015-03-31/functions/g?Qualifier=1")).Refused(404, "ResourceNotFoundException");
    }

    [Theory, Trait("Spec", "API-047"), Trait("Spec", "API-058"), InlineData("01"), InlineData("0000000001"), InlineData("0")]
    public async Task Have_one_name_each(string other)
    {
        await stage.ActiveAsync(more: "\"Publish\":true");
        (await stage.GetAsync($"/2015-03-31/functions/f?Qualifier={other}")).Refused(404, "ResourceNotFoundException", $":f:{other}");
        Assert.IsType<FunctionState.Unknown>(await stage.Functions.FindAsync("f", other));
        (await stage.CallAsync("DELETE", $"/2015-03-31/functions/f?Qualifier={other}")).Refused(400, "InvalidParameterValueException");
        (await stage.CallAsync("POST", "/2015-03-31/functions/f/aliases", $$"""{"Name":"live","FunctionVersion":"{{other}}"}"""))
            .Refused(404, "ResourceNotFoundException", $":f:{other}");
        Assert.NotNull(await stage.StoredAsync("f", "1"));
    }

    [Fact, Trait("Spec", "API-054")]
    public async Task Are_listed_by_number_behind_LATEST()
    {
        await stage.ActiveAsync();
        for (var number = 1; number <= 11; number++)
        {
            await stage.ConfigureAsync("f", $$"""{"Timeout":{{number}}}""");
            await stage.DeployAsync();
            (await PublishAsync()).Succeeded(201);
        }

        var first = (await stage.GetAsync(Versions + "?MaxItems=10")).Succeeded();
        var rest = (await stage.GetAsync($"{Versions}?Marker={Uri.EscapeDataString(first["NextMarker"])}")).Succeeded();
        string[] seen =
        [
            .. first.Json.GetProperty("Versions").EnumerateArray().Concat(rest.Json.GetProperty("Versions").EnumerateArray())
                .Select(one => one.GetProperty("FunctionArn").GetString()!.Split(":f:")[1]),
        ];
        Assert.Equal(["$LATEST", .. Enumerable.Range(1, 11).Select(number => $"{number}")], seen);
        Assert.Null(rest.At("NextMarker"));
    }

    [Fact]
    public async Task Cannot_be_changed()
    {
        await stage.ActiveAsync();
        await PublishAsync();
        (await stage.ConfigureAsync("f:1", "{}")).Refused(400, "InvalidParameterValueException", ":1");
        (await stage.UploadAsync("f:1", ServiceStage.Zip())).Refused(400, "InvalidParameterValueException");
        (await stage.CallAsync("POST", "/2015-03-31/functions/f:1/versions", "{}")).Refused(400, "InvalidParameterValueException");
    }

    [Fact]
    public async Task Are_not_named_where_only_LATEST_can_be_meant()
    {
        await stage.ActiveAsync();
        const string Latest = "f:$LATEST";
        (await stage.ConfigureAsync(Latest, "{}")).Refused(400, "InvalidParameterValueException", "leave ':$LATEST' away");
        (await stage.UploadAsync(Latest, ServiceStage.Zip())).Refused(400, "InvalidParameterValueException");
        (await stage.CallAsync("POST", $"/2015-03-31/functions/{Latest}/versions", "{}")).Refused(400, "InvalidParameterValueException");
    }

    [Fact]
    public async Task Are_not_made_while_a_change_is_in_progress()
    {
        await stage.ActiveAsync();
        await stage.StopDeployingAsync();
        await stage.ConfigureAsync("f", """{"Timeout":4}""");
        (await PublishAsync()).Refused(409, "ResourceConflictException", "in progress");
    }

    private Task<ServiceReply> PublishAsync(string body = "{}") => stage.CallAsync("POST", Versions, body);
}
