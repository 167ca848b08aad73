using System.Text.Json;

namespace Thaw.UnitTests.Daemon.ServiceApi;

public sealed class Function_policies : IAsyncDisposable
{
    private const string Policy = "/2015-03-31/functions/f/policy";
    private const string Document = "/2026-07-09/resource-policy/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af";

    private readonly ServiceStage stage = new();

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Fact, Trait("Spec", "API-127")]
    public async Task Are_made_of_statements()
    {
        await stage.ActiveAsync();
        (await stage.GetAsync(Policy)).Refused(404, "ResourceNotFoundException");
        var before = (await stage.StoredAsync("f"))!.RevisionId;
        var added = (await AddAsync("s3", "s3.amazonaws.com", """
            "SourceArn":"arn:aws:s3:::bucket","SourceAccount":"123456789012"
            """)).Succeeded(201);
        const string Expected = """
            {"Sid":"s3","Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction",
            """;
        Assert.StartsWith(Expected.TrimEnd(), added["Statement"], StringComparison.Ordinal);
        Assert.Contains("""
            "Condition":{"StringEquals":{"AWS:SourceAccount":"123456789012"},"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::bucket"}}
            """.TrimEnd(), added["Statement"], StringComparison.Ordinal);
        var policy = (await stage.GetAsync(Policy)).Succeeded();
        var document = JsonDocument.Parse(policy["Policy"]).RootElement;
        Assert.Equal(("2012-10-17", "default"), (document.GetProperty("Version").GetString(), document.GetProperty("Id").GetString()));
        Assert.Equal(added["Statement"], document.GetProperty("Statement")[0].GetRawText());
        var now = (await stage.StoredAsync("f"))!.RevisionId;
        Assert.NotEqual(before, now);
        Assert.Equal(policy["RevisionId"], now);

        (await AddAsync("s3", "*")).Refused(409, "ResourceConflictException", "(s3)");
        (await stage.CallAsync("DELETE", Policy + "/other")).Refused(404, "ResourceNotFoundException", "other");
        (await stage.CallAsync("DELETE", Policy + "/s3?RevisionId=old")).Refused(412, "PreconditionFailedException");
        (await stage.CallAsync("DELETE", $"{Policy}/s3?RevisionId={now}")).Succeeded(204);
        (await stage.GetAsync(Policy)).Refused(404, "ResourceNotFoundException");
    }

    [Theory, InlineData("*", "\"Principal\":\"*\""), InlineData("123456789012", "{\"AWS\":\"arn:aws:iam::123456789012:root\"}")]
    [InlineData("arn:aws:iam::123456789012:user/u", "{\"AWS\":\"arn:aws:iam::123456789012:user/u\"}")]
    public async Task Name_principals_as_AWS_does(string principal, string text)
    {
        await stage.ActiveAsync();
        Assert.Contains(text, (await AddAsync("s", principal)).Succeeded(201)["Statement"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Are_each_of_one_qualifier()
    {
        await stage.ActiveAsync(more: "\"Publish\":true");
        (await stage.CallAsync("POST", Policy + "?Qualifier=1", Statement("s", "*"))).Succeeded(201);
        (await stage.GetAsync(Policy)).Refused(404, "ResourceNotFoundException");
        Assert.Contains(":function:f:1", (await stage.GetAsync(Policy + "?Qualifier=1"))["Policy"], StringComparison.Ordinal);
        (await stage.CallAsync("POST", Policy + "?Qualifier=%24LATEST", Statement("s", "*"))).Refused(
            400, "InvalidParameterValueException", "$LATEST");
        (await stage.CallAsync("POST", Policy + "?Qualifier=9", Statement("s", "*"))).Refused(404, "ResourceNotFoundException", ":f:9");
        await stage.CallAsync("POST", "/2015-03-31/functions/f/aliases", """{"Name":"live","FunctionVersion":"1"}""");
        (await stage.CallAsync("POST", Policy + "?Qualifier=live", Statement("s", "*"))).Succeeded(201);
    }

    [Theory]
    [InlineData("""{"Sid":"\ud800","Effect":"Deny"}""", "no JSON")]
    [InlineData("""{"Effect":"\udc00","Principal":"*"}""", "no JSON")]
    [InlineData("""{"Sid":"a"},{"Sid":"a"}""", "two statements with the Sid a"), InlineData("1", "no list of objects")]
    public async Task Are_refused_as_a_document_that_is_none(string statements, string text)
    {
        await stage.ActiveAsync();
        (await stage.CallAsync("PUT", Document, Put(statements))).Refused(400, "InvalidParameterValueException", text);
        (await stage.GetAsync(Document)).Refused(404, "ResourceNotFoundException");
    }

    [Fact]
    public async Task Are_replaced_as_a_whole()
    {
        static string Put(string principal) =>
            Function_policies.Put($$"""{"Sid":"new","Effect":"Allow","Principal":{{principal}},"Action":"lambda:*"}""");
        await stage.ActiveAsync();
        await AddAsync("old", "s3.amazonaws.com");
        (await stage.CallAsync("PUT", Document, Put("\"*\""))).Refused(400, "PublicPolicyException", "everybody");
        (await stage.CallAsync("PUT", Document, Put("{\"AWS\":[\"*\"]}"))).Refused(400, "PublicPolicyException");
        (await stage.CallAsync("PUT", Document, """{"Policy":"nonsense"}""")).Refused(400, "InvalidParameterValueException", "no JSON");
        var put = (await stage.CallAsync("PUT", Document, Put("{\"Service\":\"sns.amazonaws.com\"}"))).Succeeded();
        Assert.DoesNotContain("old", put["Policy"], StringComparison.Ordinal);
        Assert.Equal(put["Policy"], (await stage.GetAsync(Policy)).Succeeded()["Policy"]);
        Assert.Equal(put["RevisionId"], (await stage.GetAsync(Document)).Succeeded()["RevisionId"]);
        (await stage.CallAsync("DELETE", Document + "?RevisionId=old")).Refused(412, "PreconditionFailedException");
        (await stage.CallAsync("DELETE", Document)).Succeeded(204);
        (await stage.GetAsync(Document)).Refused(404, "ResourceNotFoundException");
    }

    [Fact]
    public async Task Have_proper_statements_and_an_end()
    {
        await stage.ActiveAsync();
        (await stage.CallAsync("POST", Policy, """{"StatementId":"a b","Action":"s3:x"}""")).Refused(
            400, "ValidationException", "3 validation errors");
        var status = 201;
        for (var number = 0; status == 201 && number < 200; number++)
            status = (await AddAsync($"s{number}", "s3.amazonaws.com")).Status;
        (await AddAsync("last", "s3.amazonaws.com")).Refused(400, "PolicyLengthExceededException", "20480");
    }

    private static string Put(string statements) =>
        JsonSerializer.Serialize(new Dictionary<string, string> { ["Policy"] = $$"""{"Statement":[{{statements}}]}""" });

    private static string Statement(string sid, string principal, string more = "") => $$"""
        {"StatementId":"{{sid}}","Action":"lambda:InvokeFunction","Principal":"{{principal}}"{{(more.Length > 0 ? "," : "")}}{{more}}}
        """;

    private Task<ServiceReply> AddAsync(string sid, string principal, string more = "") =>
        stage.CallAsync("POST", Policy, Statement(sid, principal, more));
}
