using System.Text.Json;
using Thaw.Contracts;

namespace Thaw.ConformanceTests.EnvironmentApis;

public sealed class Credentials_api
{
    private const string Path = "/2021-04-23/credentials";

    [Fact, Trait("Spec", "ENV-122")]
    public async Task Lends_keys_to_who_has_the_token()
    {
        await using var stage = await ApiStage.StartAsync(type: InitializationType.SnapStart);
        var answer = await stage.SendAsync("GET", Path, null, ("Authorization", ApiStage.KeysToken));
        Assert.Equal((200, "application/json"), (answer.Status, answer["Content-Type"]));
        using var keys = JsonDocument.Parse(answer.Body);
        Assert.Equal(
            ["AccessKeyId", "SecretAccessKey", "Token", "Expiration"], keys.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.StartsWith("ASIA", keys.RootElement.GetProperty("AccessKeyId").GetString(), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromHours(6), keys.RootElement.GetProperty("Expiration").GetDateTimeOffset() - stage.Stage.Time.GetUtcNow());
    }

    [Theory, Trait("Spec", "ENV-122")]
    [InlineData(null)]
    [InlineData("letmein")]
    public async Task Refuses_who_has_not(string? token)
    {
        await using var stage = await ApiStage.StartAsync(type: InitializationType.SnapStart);
        var answer = await stage.SendAsync("GET", Path, null, token is null ? [] : [("Authorization", token)]);
        Assert.Equal((404, "cannot get credentials for the provided token"), (answer.Status, answer.Body));
    }

    [Fact, Trait("Spec", "ENV-122")]
    public async Task Is_not_there_without_SnapStart()
    {
        await using var stage = await ApiStage.StartAsync();
        var answer = await stage.SendAsync("GET", Path, null, ("Authorization", ApiStage.KeysToken));
        Assert.Equal((404, ""), (answer.Status, answer.Body));
    }

    [Fact, Trait("Spec", "ENV-122")]
    public async Task Lends_the_same_ones_until_they_are_about_to_expire()
    {
        await using var stage = await ApiStage.StartAsync(type: InitializationType.SnapStart);
        var first = await KeyAsync(stage);
        stage.Stage.Time.Advance(TimeSpan.FromHours(5));
        Assert.Equal(first, await KeyAsync(stage));
        stage.Stage.Time.Advance(TimeSpan.FromMinutes(45));
        Assert.NotEqual(first, await KeyAsync(stage));
    }

    [Fact, Trait("Spec", "ENV-122")]
    public async Task Lends_others_after_a_restore()
    {
        await using var stage = await ApiStage.StartAsync(type: InitializationType.SnapStart);
        var first = await KeyAsync(stage);
        stage.Environment.Keys!.Renew();
        Assert.NotEqual(first, await KeyAsync(stage));
    }

    private static async Task<string?> KeyAsync(ApiStage stage)
    {
        var answer = await stage.SendAsync("GET", Path, null, ("Authorization", ApiStage.KeysToken));
        using var keys = JsonDocument.Parse(answer.Body);
        return keys.RootElement.GetProperty("AccessKeyId").GetString();
    }
}
