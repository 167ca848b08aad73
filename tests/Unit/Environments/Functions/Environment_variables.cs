using Thaw.Contracts;
using Thaw.Environments.Functions;
using Thaw.Environments.Runtimes;

namespace Thaw.UnitTests.Environments.Functions;

[Trait("Spec", "ENV-115")]
public sealed class Environment_variables
{
    [Fact]
    public void Tell_the_log_format_and_in_JSON_the_level()
    {
        var text = Variables(new LoggingConfig { ApplicationLevel = LogSeverity.Warn });
        Assert.Equal("Text", text["AWS_LAMBDA_LOG_FORMAT"]);
        Assert.DoesNotContain("AWS_LAMBDA_LOG_LEVEL", text.Keys);

        var json = Variables(new LoggingConfig { Format = LogFormat.Json, ApplicationLevel = LogSeverity.Warn });
        Assert.Equal(("JSON", "WARN"), (json["AWS_LAMBDA_LOG_FORMAT"], json["AWS_LAMBDA_LOG_LEVEL"]));
    }

    [Fact]
    public void Tell_the_log_group_that_was_configured() =>
        Assert.Equal("/our/group", Variables(new LoggingConfig { LogGroup = "/our/group" })["AWS_LAMBDA_LOG_GROUP_NAME"]);

    [Fact, Trait("Spec", "ENV-122")]
    public void For_SnapStart_have_no_keys_and_no_log_stream_but_say_where_keys_are()
    {
        var variables = Variables(new LoggingConfig(), InitializationType.SnapStart);
        Assert.DoesNotContain(variables.Keys, name =>
            name.Contains("KEY", StringComparison.Ordinal) || name.Contains("LOG_STREAM", StringComparison.Ordinal));
        Assert.DoesNotContain("AWS_SESSION_TOKEN", variables.Keys);
        Assert.Equal("http://127.0.0.1:9001/2021-04-23/credentials", variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"]);
        Assert.Matches("^[0-9a-f-]{36}$", variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"]);
    }

    private static IReadOnlyDictionary<string, string> Variables(
        LoggingConfig logging, InitializationType type = InitializationType.OnDemand) => new EnvironmentVariables(
        new FunctionConfiguration { Name = "f", Handler = "h", Runtime = "provided.al2023", Logging = logging },
        new FunctionFiles("/task", "/opt"),
        new RuntimeCommand("/task/bootstrap", [], "/var/runtime", "/var/lang/bin", ManagedName: null, _ => []),
        type,
        Credentials.Synthetic(new Random(1)),
        "stream",
        "127.0.0.1:9001").ForRuntime();
}
