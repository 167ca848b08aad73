using Thaw.Daemon.Functions;

namespace Thaw.UnitTests.Daemon.ServiceApi;

public sealed class Functions_of_the_service : IAsyncDisposable
{
    private const string One = "/2015-03-31/functions/f";

    private readonly ServiceStage stage = new();

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Fact, Trait("Spec", "API-034"), Trait("Spec", "API-035"), Trait("Spec", "API-037")]
    public async Task Are_shown_with_their_code()
    {
        var zip = ServiceStage.Zip();
        await stage.ActiveAsync(zip: zip);
        var shown = (await stage.GetAsync(One)).Succeeded();
        Assert.Equal(("f", "S3", null), (shown["Configuration.FunctionName"], shown["Code.RepositoryType"], shown.At("Tags")));
        var location = new Uri(shown["Code.Location"]);
        Assert.Equal("thaw.test", location.Host);
        Assert.Equal(zip, (await stage.GetAsync(location.PathAndQuery)).Succeeded().Body);

        // Ten minutes, and only with the token.
        (await stage.GetAsync(location.AbsolutePath)).Refused(403, "AccessDeniedException");
        stage.Time.Advance(TimeSpan.FromSeconds(601));
        (await stage.GetAsync(location.PathAndQuery)).Refused(403, "AccessDeniedException");
    }

    [Theory, InlineData(""), InlineData("a_b:99999")]
    public async Task Are_there_for_those_who_do_not_say_how_they_reach_us(string host)
    {
        await stage.ActiveAsync();
        var shown = (await stage.CallAsync("GET", "/2015-03-31/functions/f", host: host)).Succeeded();
        Assert.Equal("localhost", new Uri(shown["Code.Location"]).Host);
    }

    [Fact, Trait("Spec", "API-006"), Trait("Spec", "API-007")]
    public async Task Are_known_by_each_form_of_their_name()
    {
        await stage.ActiveAsync();
        foreach (var (name, arn) in new[]
        {
            ("f", "f"), ("000000000000:function:f", "f"), ("arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af", "f"),
            ("f:$LATEST", "f:$LATEST"), ("f%3A%24LATEST", "f:$LATEST"), ("f?Qualifier=%24LATEST", "f:$LATEST"), ("f/", "f"),
        })
        {
            var shown = (await stage.GetAsync($"/2015-03-31/functions/{name}")).Succeeded();
            Assert.EndsWith(":function:" + arn, shown["Configuration.FunctionArn"], StringComparison.Ordinal);
        }

        (await stage.GetAsync("/2015-03-31/functions/f:1?Qualifier=2")).Refused(400, "InvalidParameterValueException", "derived qualifier");
        (await stage.GetAsync("/2015-03-31/functions/f:1")).Refused(404, "ResourceNotFoundException", ":function:f:1");
        (await stage.GetAsync("/2015-03-31/functions/g")).Refused(404, "ResourceNotFoundException", ":function:g");
        (await stage.GetAsync("/2015-03-31/functions/bad%20name%21")).Refused(400, "ValidationException", "'bad name!'");
    }

    [Fact, Trait("Spec", "API-004"), Trait("Spec", "API-048")]
    public async Task Are_listed_in_pages_of_50()
    {
        for (var number = 0; number < 53; number++)
            (await stage.CreateAsync($"f{number:D2}")).Succeeded(201);
        var first = (await stage.GetAsync("/2015-03-31/functions/?MaxItems=10000")).Succeeded();
        Assert.Equal(50, first.Json.GetProperty("Functions").GetArrayLength());
        var next = (await stage.GetAsync($"/2015-03-31/functions?Marker={Uri.EscapeDataString(first["NextMarker"])}")).Succeeded();
        Assert.Equal(["f50", "f51", "f52"], next.Json.GetProperty("Functions").EnumerateArray().Select(
            one => one.GetProperty("FunctionName").GetString()));
        Assert.Null(next.At("NextMarker"));
        Assert.False(next.Json.GetProperty("Functions")[0].TryGetProperty("State", out _));
        (await stage.GetAsync("/2015-03-31/functions?MaxItems=0")).Refused(400, "ValidationException", "maxItems");
        (await stage.GetAsync("/2015-03-31/functions?MaxItems=x")).Refused(400, "SerializationException");
    }

    [Fact, Trait("Spec", "API-049")]
    public async Task Are_listed_with_all_versions_if_wanted()
    {
        foreach (var name in new[] { "a", "b" })
            (await stage.CreateAsync(name, "\"Publish\":true")).Succeeded(201);
        List<string> seen = [];
        string? marker = null;
        do
        {
            var after = marker is null ? "" : $"&Marker={Uri.EscapeDataString(marker)}";
            var page = (await stage.GetAsync("/2015-03-31/functions?FunctionVersion=ALL&MaxItems=3" + after)).Succeeded();
            seen.AddRange(page.Json.GetProperty("Functions").EnumerateArray().Select(
                one => one.GetProperty("FunctionArn").GetString()!.Split(":function:")[1]));
            marker = page.At("NextMarker")?.GetString();
        }
        while (marker is not null);
        Assert.Equal(["a:$LATEST", "a:1", "b:$LATEST", "b:1"], seen);
        (await stage.GetAsync("/2015-03-31/functions?FunctionVersion=1")).Refused(400, "ValidationException", "functionVersion");
    }

    [Fact, Trait("Spec", "API-038"), Trait("Spec", "API-039"), Trait("Spec", "API-041"), Trait("Spec", "API-042")]
    public async Task Run_what_was_until_their_update_is_good()
    {
        await stage.ActiveAsync();
        await stage.StopDeployingAsync();
        var before = await PlanAsync();
        var updated = (await stage.ConfigureAsync("f", """{"Timeout":9}""")).Succeeded();
        Assert.Equal(("Active", "InProgress", "Creating", "9"), (updated["State"], updated["LastUpdateStatus"],
            updated["LastUpdateStatusReasonCode"], updated["Timeout"]));
        (await stage.UploadAsync("f", ServiceStage.Zip("2"))).Refused(409, "ResourceConflictException", "in progress");
        (await stage.ConfigureAsync("f", "{}")).Refused(409, "ResourceConflictException", "in progress");

        var during = await PlanAsync();
        Assert.Equal((before.Revision, 3.0), (during.Revision, during.Function.Timeout.TotalSeconds));
        await stage.DeployAsync();
        var after = await PlanAsync();
        Assert.Equal(9.0, after.Function.Timeout.TotalSeconds);
        Assert.True(after.Revision > before.Revision);
        var now = (await stage.GetAsync(One + "/configuration")).Succeeded();
        Assert.Equal("Successful", now["LastUpdateStatus"]);
        Assert.NotEqual(updated["RevisionId"], now["RevisionId"]);
    }

    [Fact]
    public async Task Run_what_was_when_their_update_fails()
    {
        await stage.ActiveAsync();
        (await stage.ConfigureAsync("f", """{"Runtime":"ruby3.4"}""")).Succeeded();
        await stage.DeployAsync();
        Assert.Equal("Successful", (await stage.StoredAsync("f"))!.LastUpdateStatus);

        // Nothing here runs Ruby but what a package brings.
        (await stage.UploadAsync("f", ServiceStage.Zip(name: "a.rb"))).Succeeded();
        await stage.DeployAsync();
        var failed = (await stage.GetAsync(One + "/configuration")).Succeeded();
        Assert.Equal(("Active", "Failed", "InvalidRuntime"),
            (failed["State"], failed["LastUpdateStatus"], failed["LastUpdateStatusReasonCode"]));
        Assert.True(File.Exists(Path.Combine((await PlanAsync()).Files.TaskRoot, "bootstrap")));
        (await stage.ConfigureAsync("f", """{"Runtime":"provided.al2023"}""")).Succeeded();
    }

    [Fact, Trait("Spec", "API-040")]
    public async Task Are_changed_by_nobody_who_means_another_revision()
    {
        await stage.ActiveAsync();
        (await stage.ConfigureAsync("f", """{"RevisionId":"old"}""")).Refused(412, "PreconditionFailedException", "Revision Id");
        (await stage.UploadAsync("f", ServiceStage.Zip(), ""","RevisionId":"old" """)).Refused(412, "PreconditionFailedException");
        var now = (await stage.StoredAsync("f"))!.RevisionId;
        (await stage.ConfigureAsync("f", $$"""{"RevisionId":"{{now}}"}""")).Succeeded();
    }

    [Fact, Trait("Spec", "API-041")]
    public async Task Take_one_of_several_changes_at_once()
    {
        await stage.ActiveAsync();
        await stage.StopDeployingAsync();
        var replies = await Task.WhenAll(Enumerable.Range(1, 20).Select(number =>
            stage.ConfigureAsync("f", $$"""{"Timeout":{{number}}}""")));
        var taken = Assert.Single(replies, reply => reply.Status == 200);
        Assert.All(replies.Where(reply => reply != taken), reply => reply.Refused(409, "ResourceConflictException", "in progress"));
        Assert.Equal(taken["RevisionId"], (await stage.StoredAsync("f"))!.RevisionId);
        var created = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => stage.CreateAsync("g")));
        Assert.Single(created, reply => reply.Status == 201);
    }

    [Fact]
    public async Task Are_found_without_allocating_once_they_have_run()
    {
        await stage.ActiveAsync(more: "\"Publish\":true");
        await stage.CallAsync("POST", One + "/aliases", """{"Name":"live","FunctionVersion":"1"}""");
        foreach (var qualifier in new[] { null, "1", "live" })
        {
            Assert.IsType<FunctionState.Ready>(await stage.Functions.FindAsync("f", qualifier));
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var call = 0; call < 1000; call++)
                _ = await stage.Functions.FindAsync("f", qualifier);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 500);
        }
    }

    [Fact, Trait("Spec", "API-043")]
    public async Task Keep_what_an_update_does_not_name_and_clear_what_it_names_as_empty()
    {
        await stage.ActiveAsync(more: """
            "Environment":{"Variables":{"AB":"1"}},"DeadLetterConfig":{"TargetArn":"arn:aws:sqs:us-east-1:000000000000:q"},
            "KMSKeyArn":"arn:aws:kms:us-east-1:000000000000:key/k","LoggingConfig":{"LogFormat":"JSON","SystemLogLevel":"WARN"},
            "VpcConfig":{"SubnetIds":["subnet-1"],"SecurityGroupIds":["sg-1"]}
            """);
        var kept = (await stage.ConfigureAsync("f", """{"LoggingConfig":{"ApplicationLogLevel":"DEBUG"}}""")).Succeeded();
        Assert.Equal(("1", "DEBUG", "WARN"), (kept["Environment.Variables.AB"], kept["LoggingConfig.ApplicationLogLevel"],
            kept["LoggingConfig.SystemLogLevel"]));
        await stage.DeployAsync();
        var cleared = (await stage.ConfigureAsync("f", """
            {"Environment":{"Variables":{}},"DeadLetterConfig":{"TargetArn":""},"KMSKeyArn":"","LoggingConfig":{"LogFormat":"Text"},
             "VpcConfig":{"SubnetIds":[],"SecurityGroupIds":[]},"Layers":[]}
            """)).Succeeded();
        Assert.Equal("{}", cleared["Environment.Variables"]);
        string[] absent = ["DeadLetterConfig", "KMSKeyArn", "VpcConfig", "LoggingConfig.SystemLogLevel", "Layers"];
        Assert.All(absent, name => Assert.Null(cleared.At(name)));
    }

    [Fact, Trait("Spec", "API-044")]
    public async Task Stay_as_they_are_when_an_upload_is_dry()
    {
        await stage.ActiveAsync();
        var before = await stage.StoredAsync("f");
        (await stage.UploadAsync("f", ServiceStage.Zip("2"), ""","DryRun":true""")).Succeeded();
        Assert.Equal(before!.RevisionId, (await stage.StoredAsync("f"))!.RevisionId);
        (await stage.UploadAsync("f", [1, 2], ""","DryRun":true""")).Refused(400, "InvalidParameterValueException", "unzip");
    }

    [Fact, Trait("Spec", "API-056")]
    public async Task Publish_with_an_upload_if_it_says_so()
    {
        await stage.ActiveAsync();
        var published = (await stage.UploadAsync("f", ServiceStage.Zip("2"), ""","Publish":true""")).Succeeded();
        Assert.Equal(("1", "Pending"), (published["Version"], published["State"]));
        Assert.EndsWith(":f:1", published["FunctionArn"], StringComparison.Ordinal);
        await stage.DeployAsync();
        var stored = (await stage.StoredAsync("f", "1"))!;
        Assert.Equal(("Active", "Successful"), (stored.State, stored.LastUpdateStatus));
    }

    [Fact, Trait("Spec", "API-081")]
    public async Task Cannot_be_changed_or_invoked_while_they_are_made()
    {
        await stage.CreateAsync();
        (await stage.ConfigureAsync("f", "{}")).Refused(409, "ResourceConflictException", "Pending");
        (await stage.UploadAsync("f", ServiceStage.Zip())).Refused(409, "ResourceConflictException", "Pending");
        Assert.Equal(new FunctionState.NotReady("Pending"), await stage.Functions.FindAsync("f", null));
    }

    [Fact, Trait("Spec", "API-045"), Trait("Spec", "API-046")]
    public async Task Are_deleted_once()
    {
        await stage.ActiveAsync(more: "\"Publish\":true");
        (await stage.CallAsync("DELETE", One + "?Qualifier=%24LATEST")).Refused(400, "InvalidParameterValueException", "$LATEST");
        (await stage.CallAsync("DELETE", One + "?Qualifier=live")).Refused(400, "InvalidParameterValueException", "alias");
        (await stage.CallAsync("DELETE", One + "?Qualifier=")).Refused(400, "ValidationException", "'' at 'qualifier'");
        (await stage.CallAsync("DELETE", One)).Succeeded(204);
        Assert.Equal(["$LATEST", "1"], stage.Forgotten.Select(version => version.Version));
        (await stage.CallAsync("DELETE", One)).Refused(404, "ResourceNotFoundException");
        Assert.IsType<FunctionState.Unknown>(await stage.Functions.FindAsync("f", null));
        await stage.ActiveAsync();
        Assert.Null(await stage.StoredAsync("f", "1"));
    }

    [Fact]
    public async Task In_folders_are_shown_and_not_changed()
    {
        Directory.CreateDirectory(Path.Combine(stage.Folders, "mine"));
        foreach (var (name, text) in new[] { ("bootstrap", ""), ("thaw.json", "{\"Timeout\":7}") })
            await File.WriteAllTextAsync(Path.Combine(stage.Folders, "mine", name), text, TestContext.Current.CancellationToken);
        Assert.Equal("7", (await stage.GetAsync("/2015-03-31/functions/mine")).Succeeded()["Configuration.Timeout"]);
        await stage.ActiveAsync();
        Assert.Equal(2, (await stage.GetAsync("/2015-03-31/functions")).Json.GetProperty("Functions").GetArrayLength());
        (await stage.ConfigureAsync("mine", "{}")).Refused(400, "InvalidParameterValueException", "editing");
        (await stage.CallAsync("DELETE", "/2015-03-31/functions/mine")).Refused(400, "InvalidParameterValueException", "thaw.json");

        await stage.ActiveAsync("mine");
        Assert.Contains(stage.Notices, notice => notice.Contains("the folder of that name is not used", StringComparison.Ordinal));
        Assert.Equal("3", (await stage.GetAsync("/2015-03-31/functions/mine")).Succeeded()["Configuration.Timeout"]);
        Assert.True((await PlanAsync("mine")).Revision > 1_000_000);
        Assert.Equal(2, (await stage.GetAsync("/2015-03-31/functions")).Json.GetProperty("Functions").GetArrayLength());
    }

    [Theory, Trait("Spec", "API-058"), Trait("Spec", "API-127")]
    [InlineData("POST", "/2015-03-31/functions/f/aliases", """{"Name":"live","FunctionVersion":"99"}""")]
    [InlineData("PUT", "/2015-03-31/functions/f/aliases/live", "{}")]
    [InlineData("DELETE", "/2015-03-31/functions/f/policy/sid", "")]
    [InlineData("DELETE", "/2019-09-25/functions/f/event-invoke-config", "")]
    public async Task That_were_created_are_no_folders_when_something_of_theirs_is_missing(string method, string target, string body)
    {
        Directory.CreateDirectory(Path.Combine(stage.Folders, "f"));
        await File.WriteAllTextAsync(Path.Combine(stage.Folders, "f", "thaw.json"), "{}", TestContext.Current.CancellationToken);
        (await stage.CallAsync(method, target, body)).Refused(400, "InvalidParameterValueException", "folder");
        await stage.ActiveAsync();
        (await stage.CallAsync(method, target, body)).Refused(404, "ResourceNotFoundException");
    }

    [Fact, Trait("Spec", "API-003"), Trait("Spec", "API-015")]
    public async Task Have_no_operations_but_those_of_AWS()
    {
        (await stage.GetAsync("/2015-03-31/nothing")).Refused(404, "UnknownOperationException");
        (await stage.CallAsync("PATCH", One)).Refused(404, "UnknownOperationException");
        await stage.ActiveAsync();
        (await stage.ConfigureAsync("f", """{"Nobody":{"Knows":1},"Timeout":null}""")).Succeeded();
    }

    private async Task<Thaw.Environments.EnvironmentPlan> PlanAsync(string name = "f") =>
        Assert.IsType<FunctionState.Ready>(await stage.Functions.FindAsync(name, null)).Plan;
}
