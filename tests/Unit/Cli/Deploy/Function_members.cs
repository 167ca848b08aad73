using System.Text.Json;
using System.Text.Json.Nodes;
using Thaw.Cli.Deploy;
using Thaw.Daemon.Functions;
using Thaw.Testing;

namespace Thaw.UnitTests.Cli.Deploy;

public sealed class Function_members : IDisposable
{
    private const string Written = """
        { "Runtime": "nodejs20.x", "Description": "d", "Timeout": 9, "Environment": { "Variables": { "A": "ä\"" } },
          "LoggingConfig": { "LogFormat": "JSON", "SystemLogLevel": "WARN" } }
        """;

    private readonly TemporaryFolder folder = new();

    public Function_members() => folder.Write("index.mjs");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Are_those_that_somebody_has_said()
    {
        folder.Write("thaw.json", Written);
        Assert.Equal(
            """
            {"Runtime":"nodejs20.x","Description":"d","Timeout":9,"Environment":{"Variables":{"A":"\u00E4\u0022"}},
            "LoggingConfig":{"LogFormat":"JSON","ApplicationLogLevel":"INFO","SystemLogLevel":"WARN"},"Layers":["arn"]}
            """.ReplaceLineEndings(""),
            FunctionMembers.Of(Load(), ["arn"], all: false).ToJsonString());
    }

    [Fact]
    public void Are_guessed_for_a_new_function_alone()
    {
        Assert.Equal(
            """{"Runtime":"nodejs22.x","Handler":"index.handler"}""", FunctionMembers.Of(Load(), null, all: true).ToJsonString());
        Assert.Empty(FunctionMembers.Of(Load(), null, all: false));
    }

    [Theory]
    [InlineData("""{"Timeout":3}""", true), InlineData("""{"Timeout":4}""", false), InlineData("""{"Handler":"ä"}""", true)]
    [InlineData("""{"Environment":{"Variables":{"A":"1","B":"2"}}}""", true)]
    [InlineData("""{"Environment":{"Variables":{"A":"1"}}}""", false), InlineData("""{"Layers":[]}""", false)]
    [InlineData("""{"Layers":["one","two"]}""", true), InlineData("""{"Layers":["two","one"]}""", false)]
    [InlineData("""{"LoggingConfig":{"LogFormat":"Text"}}""", true), InlineData("""{"Description":"d"}""", false)]
    public void Are_known_to_be_there(string wanted, bool there)
    {
        using var current = JsonDocument.Parse("""
            { "Timeout": 3, "Handler": "\u00e4", "Environment": { "Variables": { "B": "2", "A": "1" } },
              "Layers": [ { "Arn": "one", "CodeSize": 1 }, { "Arn": "two", "CodeSize": 1 } ],
              "LoggingConfig": { "LogFormat": "Text", "LogGroup": "g" } }
            """);
        Assert.Equal(there, FunctionMembers.AreIn(current.RootElement, JsonNode.Parse(wanted)!.AsObject()));
    }

    private FunctionFolder Load() => FunctionFolder.Load(new FunctionRequest { Path = folder.Path }, Path.Combine(folder.Path, "work"));
}
