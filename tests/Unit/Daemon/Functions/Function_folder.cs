using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Testing;

namespace Thaw.UnitTests.Daemon.Functions;

public sealed class Function_folder : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Logs_as_text_in_a_group_of_its_own_unless_it_says_otherwise()
    {
        var function = Load("{}");
        Assert.Equal(new LoggingConfig(), function.Logging);
        Assert.Equal($"/aws/lambda/{function.Name}", function.LogGroup);
        Assert.Equal(Dialects.Newest, function.Dialect);
    }

    [Fact]
    public void Logs_as_its_description_says()
    {
        var function = Load("""
            {
              "LoggingConfig": {
                "LogFormat": "JSON", "ApplicationLogLevel": "TRACE", "SystemLogLevel": "WARN", "LogGroup": "/our/group_1.a#b"
              }
            }
            """);
        Assert.Equal(
            new LoggingConfig
            {
                Format = LogFormat.Json,
                ApplicationLevel = LogSeverity.Trace,
                SystemLevel = LogSeverity.Warn,
                LogGroup = "/our/group_1.a#b",
            },
            function.Logging);
        Assert.Equal("/our/group_1.a#b", function.LogGroup);
        Assert.Equal(LogSeverity.Info, Load("""{ "LoggingConfig": { "LogFormat": "JSON" } }""").Logging.ApplicationLevel);
    }

    [Theory]
    [InlineData("""{ "LogFormat": "Text", "SystemLogLevel": "INFO" }""",
        "LogLevel is not supported when LogFormat is set to \"Text\". "
        + "Remove LogLevel from your request or change the LogFormat to \"JSON\" and try again.")]
    [InlineData("""{ "ApplicationLogLevel": "INFO" }""", "LogLevel is not supported when LogFormat is set to \"Text\"")]
    [InlineData("""{ "LogFormat": "json" }""",
        "1 validation error detected: Value 'json' at 'loggingConfig.logFormat' failed to satisfy constraint: "
        + "Member must satisfy enum value set: [JSON, Text]")]
    [InlineData("""{ "LogFormat": "JSON", "SystemLogLevel": "ERROR" }""",
        "Value 'ERROR' at 'loggingConfig.systemLogLevel' failed to satisfy constraint: "
        + "Member must satisfy enum value set: [DEBUG, INFO, WARN]")]
    [InlineData("""{ "LogFormat": "JSON", "ApplicationLogLevel": "info" }""", "[TRACE, DEBUG, INFO, WARN, ERROR, FATAL]")]
    [InlineData("""{ "LogGroup": "a b" }""", @"Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+")]
    [InlineData("""{ "LogGroup": "" }""", "Member must have length greater than or equal to 1")]
    [InlineData("""{ "LogFormat": "XML", "LogGroup": "a\n" }""", "2 validation errors detected: Value 'XML'")]
    [InlineData("""{ "LogFormat": 7 }""", "the member LoggingConfig.LogFormat is not known here, or its value has the wrong type")]
    [InlineData("""{ "Format": "JSON" }""", "the member LoggingConfig.Format is not known here")]
    public void Is_refused_as_CreateFunction_refuses_it(string logging, string words) =>
        Assert.Contains(words, Refusal($$"""{ "LoggingConfig": {{logging}} }"""), StringComparison.Ordinal);

    [Fact]
    public void Has_a_log_group_of_512_letters_at_most()
    {
        Assert.Equal(512, Load($$"""{ "LoggingConfig": { "LogGroup": "{{new string('g', 512)}}" } }""").LogGroup.Length);
        Assert.Contains("Member must have length less than or equal to 512",
            Refusal($$"""{ "LoggingConfig": { "LogGroup": "{{new string('g', 513)}}" } }"""), StringComparison.Ordinal);
    }

    [Fact]
    public void Speaks_the_dialect_that_is_asked_for_else_its_own_else_the_usual_one()
    {
        var (older, newer) = (Dialects.Find("2024-12")!, Dialects.Newest);
        const string Own = """{ "LogDialect": "2024-12" }""";
        Assert.Equal(older, Load(Own).Dialect);
        Assert.Equal(newer, Load(Own, request => request with { Dialect = newer }).Dialect);
        Assert.Equal(older, Load("{}", request => request with { UsualDialect = older }).Dialect);
        Assert.Equal(older, Load(Own, request => request with { UsualDialect = newer }).Dialect);
        Assert.Equal("LogDialect is 2026-09 or 2024-12, not \"2025\"", Refusal("""{ "LogDialect": "2025" }"""));
    }

    private FunctionConfiguration Load(string description, Func<FunctionRequest, FunctionRequest>? change = null)
    {
        folder.Write("f/bootstrap", "#!/bin/sh", executable: true);
        folder.Write("f/thaw.json", description);
        var request = new FunctionRequest { Path = Path.Combine(folder.Path, "f"), Runtime = "provided.al2023" };
        return FunctionFolder.Load(change is null ? request : change(request), Path.Combine(folder.Path, "work")).Configuration;
    }

    private string Refusal(string description) => Assert.Throws<UnusableFunctionException>(() => Load(description)).Message;
}
