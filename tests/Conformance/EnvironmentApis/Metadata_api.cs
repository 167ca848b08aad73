namespace Thaw.ConformanceTests.EnvironmentApis;

public sealed class Metadata_api
{
    private const string Path = "/2026-01-15/metadata/execution-environment";

    [Fact, Trait("Spec", "ENV-120")]
    public async Task Tells_the_zone_to_who_has_the_token()
    {
        await using var stage = await ApiStage.StartAsync();
        var answer = await stage.SendAsync("GET", Path, null, ("Authorization", $"Bearer {ApiStage.MetadataToken}"));
        Assert.Equal((200, """{"AvailabilityZoneID":"use1-az1"}"""), (answer.Status, answer.Body));
        Assert.Equal("application/json", answer["Content-Type"]);
        // As sent but for the order, which the client changes.
        Assert.Equal("max-age=43200, private, immutable", answer["Cache-Control"]);
    }

    [Theory, Trait("Spec", "ENV-120")]
    [InlineData(null)]
    [InlineData("Bearer ")]
    [InlineData("Bearer letmein")]
    [InlineData("Basic LETMEIN")]
    public async Task Refuses_who_has_not(string? authorization)
    {
        await using var stage = await ApiStage.StartAsync();
        var answer = await stage.SendAsync("GET", Path, null, authorization is null ? [] : [("Authorization", authorization)]);
        Assert.Equal(401, answer.Status);
    }

    [Fact, Trait("Spec", "ENV-120")]
    public async Task Is_only_to_be_read()
    {
        await using var stage = await ApiStage.StartAsync();
        var answer = await stage.PostAsync(Path, "{}", ("Authorization", $"Bearer {ApiStage.MetadataToken}"));
        Assert.Equal((405, "GET"), (answer.Status, answer["Allow"]));
    }
}
