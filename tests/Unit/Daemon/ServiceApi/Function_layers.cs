using Thaw.Daemon.Functions;

namespace Thaw.UnitTests.Daemon.ServiceApi;

public sealed class Function_layers : IAsyncDisposable
{
    private const string Layers = "/2018-10-31/layers", All = Layers + "/one/versions";

    private readonly ServiceStage stage = new();

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Fact]
    public async Task Are_published_and_shown()
    {
        const string More = """
            "Description":"d","CompatibleRuntimes":["python3.13"],"CompatibleArchitectures":["arm64"],"LicenseInfo":"MIT"
            """;
        var zip = ServiceStage.Zip(name: "bin/tool");
        var made = (await PublishAsync("one", zip, More)).Succeeded(201);
        Assert.Equal(("1", "d", "MIT", "2026-01-31T09:15:02.000+0000"),
            (made["Version"], made["Description"], made["LicenseInfo"], made["CreatedDate"]));
        Assert.EndsWith(":layer:one:1", made["LayerVersionArn"], StringComparison.Ordinal);
        Assert.Equal(("[\"python3.13\"]", "[\"arm64\"]"), (made["CompatibleRuntimes"], made["CompatibleArchitectures"]));
        Assert.Equal($"{zip.Length}", made["Content.CodeSize"]);
        Assert.Equal(zip, (await stage.GetAsync(new Uri(made["Content.Location"]).PathAndQuery)).Succeeded().Body);
        Assert.Equal(made["LayerVersionArn"], (await stage.GetAsync(All + "/1")).Succeeded()["LayerVersionArn"]);
    }

    [Fact, Trait("Spec", "API-009")]
    public async Task Are_found_by_ARN_at_the_place_where_they_are_listed()
    {
        var arn = (await PublishAsync("one")).Succeeded(201)["LayerVersionArn"];
        Assert.Equal(arn,
            (await stage.GetAsync($"{Layers}?find=LayerVersion&Arn={Uri.EscapeDataString(arn)}")).Succeeded()["LayerVersionArn"]);
        Assert.Single((await stage.GetAsync(Layers)).Succeeded().Json.GetProperty("Layers").EnumerateArray());
        (await stage.GetAsync($"{Layers}?find=LayerVersion&Arn=nonsense")).Refused(400, "ValidationException", "'nonsense' at 'arn'");
    }

    [Fact]
    public async Task Are_listed_newest_first_and_by_what_they_fit()
    {
        await PublishAsync("one", more: "\"CompatibleRuntimes\":[\"python3.13\"]");
        await PublishAsync("one", ServiceStage.Zip("2"));
        await PublishAsync("two");
        var versions = (await stage.GetAsync(All)).Succeeded().Json.GetProperty("LayerVersions").EnumerateArray();
        Assert.Equal([2, 1], versions.Select(one => one.GetProperty("Version").GetInt32()));
        var next = (await stage.GetAsync($"{All}?MaxItems=1"))["NextMarker"];
        Assert.Equal("1",
            (await stage.GetAsync($"{All}?Marker={next}")).Json.GetProperty("LayerVersions")[0].GetProperty("Version").ToString());
        var fitting = (await stage.GetAsync(Layers + "?CompatibleRuntime=python3.13")).Succeeded().Json.GetProperty("Layers");
        Assert.Equal(1, Assert.Single(fitting.EnumerateArray()).GetProperty("LatestMatchingVersion").GetProperty("Version").GetInt32());
        (await stage.GetAsync(Layers + "?CompatibleRuntime=cobol")).Refused(400, "ValidationException", "compatibleRuntime");
    }

    [Fact]
    public async Task Keep_their_numbers_and_the_code_of_functions_that_use_them()
    {
        var arn = (await PublishAsync("one", ServiceStage.Zip("layer", "tool"))).Succeeded(201)["LayerVersionArn"];
        var made = await stage.ActiveAsync(more: $"\"Layers\":[\"{arn}\"]");
        Assert.Equal(arn, made.Json.GetProperty("Layers")[0].GetProperty("Arn").GetString());
        (await stage.CallAsync("DELETE", All + "/1")).Succeeded(204);
        (await stage.CallAsync("DELETE", All + "/1")).Succeeded(204);
        (await stage.GetAsync(All + "/1")).Refused(404, "ResourceNotFoundException");
        var plan = Assert.IsType<FunctionState.Ready>(await stage.Functions.FindAsync("f", null)).Plan;
        Assert.Equal("layer", await File.ReadAllTextAsync(Path.Combine(plan.Files.Opt, "tool"), TestContext.Current.CancellationToken));
        Assert.Equal("2", (await PublishAsync("one")).Succeeded(201)["Version"]);
        (await stage.ConfigureAsync("f", $$"""{"Layers":["{{arn}}"]}""")).Refused(400, "InvalidParameterValueException", "does not exist");
    }

    [Fact]
    public async Task Are_merged_in_order()
    {
        var one = (await PublishAsync("one", ServiceStage.Zip("first", "tool")))["LayerVersionArn"];
        var two = (await PublishAsync("two", ServiceStage.Zip("second", "tool")))["LayerVersionArn"];
        await stage.ActiveAsync(more: $"\"Layers\":[\"{one}\",\"{two}\"]");
        var plan = Assert.IsType<FunctionState.Ready>(await stage.Functions.FindAsync("f", null)).Plan;
        Assert.Equal("second", await File.ReadAllTextAsync(Path.Combine(plan.Files.Opt, "tool"), TestContext.Current.CancellationToken));
        (await stage.ConfigureAsync("f", """{"Layers":[]}""")).Succeeded();
        Assert.Null((await stage.GetAsync("/2015-03-31/functions/f/configuration")).At("Layers"));
    }

    [Fact]
    public async Task Have_versions_from_1_and_proper_names()
    {
        await PublishAsync("one");
        (await stage.GetAsync(All + "/0")).Refused(400, "InvalidParameterValueException", "less than 1");
        (await stage.GetAsync(All + "/9")).Refused(404, "ResourceNotFoundException");
        (await PublishAsync("bad%20name")).Refused(400, "ValidationException", "layerName");
        (await stage.CallAsync("POST", All, "{}")).Refused(400, "ValidationException", "'content'");
        (await PublishAsync("one", [1, 2, 3])).Refused(400, "InvalidParameterValueException", "unzip");
    }

    [Fact]
    public async Task Have_policies()
    {
        const string Policy = All + "/1/policy", Statement = """{"StatementId":"s","Action":"lambda:GetLayerVersion","Principal":"*"}""";
        await PublishAsync("one");
        (await stage.GetAsync(Policy)).Refused(404, "ResourceNotFoundException");
        (await stage.CallAsync("POST", Policy, Statement)).Succeeded(201);
        (await stage.CallAsync("POST", Policy, Statement)).Refused(409, "ResourceConflictException", "already exists");
        Assert.Contains("\"Principal\":\"*\"", (await stage.GetAsync(Policy)).Succeeded()["Policy"], StringComparison.Ordinal);
        (await stage.CallAsync("DELETE", Policy + "/s?RevisionId=old")).Refused(412, "PreconditionFailedException");
        (await stage.CallAsync("DELETE", Policy + "/s")).Succeeded(204);
        (await stage.GetAsync(Policy)).Refused(404, "ResourceNotFoundException");
    }

    private Task<ServiceReply> PublishAsync(string name, byte[]? zip = null, string more = "")
    {
        var content = $$"""{"ZipFile":"{{ServiceStage.Base64(zip ?? ServiceStage.Zip())}}"}""";
        var rest = more.Length > 0 ? $",{more}" : "";
        return stage.CallAsync("POST", $"{Layers}/{name}/versions", $"{{\"Content\":{content}{rest}}}");
    }
}
