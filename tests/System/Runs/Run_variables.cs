namespace Thaw.SystemTests.Runs;

/// <summary>What processes see among their variables: exactly what Lambda gives them, nothing of the daemon's; spec 6.1, 6.2.</summary>
public sealed class Run_variables
{
    private const string PrintAll = "export const handler = async () => process.env;";

    private static readonly string[] OfEveryRuntime =
    [
        "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_FORMAT", "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
        "AWS_XRAY_CONTEXT_MISSING", "AWS_XRAY_DAEMON_ADDRESS", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "LANG", "LD_LIBRARY_PATH", "PATH",
        "AWS_LAMBDA_METADATA_API", "AWS_LAMBDA_METADATA_TOKEN", "TZ", "_AWS_XRAY_DAEMON_ADDRESS", "_AWS_XRAY_DAEMON_PORT", "_HANDLER",
    ];

    private static readonly string[] NotForExtensions =
    [
        "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_XRAY_CONTEXT_MISSING", "AWS_XRAY_DAEMON_ADDRESS",
        "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "_AWS_XRAY_DAEMON_ADDRESS", "_AWS_XRAY_DAEMON_PORT", "_HANDLER",
    ];

    // THAW_TEST_RUN is the mark that the tests themselves set as a variable of the customer.
    private static readonly string[] OfTheCustomer = ["TABLE", "THAW_TEST_RUN"];

    [Fact, Trait("Spec", "ENV-115")]
    public async Task Of_a_managed_runtime_are_exactly_Lambdas_and_the_customers()
    {
        using var function = WrittenFunction.Node(PrintAll);
        var variables = (await ThawRun.OfAsync(function, "--env", "TABLE=orders", "--runtime", "nodejs20.x", "--memory", "256")).Answer;

        Assert.Equal(
            [.. OfEveryRuntime.Concat(OfTheCustomer).Append("AWS_EXECUTION_ENV").Append("NODE_PATH").Order(StringComparer.Ordinal)],
            variables.EnumerateObject().Select(variable => variable.Name).Order(StringComparer.Ordinal));
        var expected = new Dictionary<string, string>
        {
            ["TABLE"] = "orders",
            ["_HANDLER"] = "index.handler",
            ["AWS_EXECUTION_ENV"] = "AWS_Lambda_nodejs20.x",
            ["AWS_REGION"] = "us-east-1",
            ["AWS_DEFAULT_REGION"] = "us-east-1",
            ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = "256",
            ["AWS_LAMBDA_FUNCTION_NAME"] = Path.GetFileName(function.Folder),
            ["AWS_LAMBDA_FUNCTION_VERSION"] = "$LATEST",
            ["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand",
            ["AWS_LAMBDA_LOG_GROUP_NAME"] = $"/aws/lambda/{Path.GetFileName(function.Folder)}",
            ["AWS_XRAY_CONTEXT_MISSING"] = "LOG_ERROR",
            ["LAMBDA_TASK_ROOT"] = function.TaskRoot,
            ["LANG"] = "en_US.UTF-8",
            ["TZ"] = ":UTC",
        };
        Assert.All(expected, pair => Assert.Equal(pair.Value, variables.GetProperty(pair.Key).GetString()));
        Assert.Matches(@"^\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}$", variables.GetProperty("AWS_LAMBDA_LOG_STREAM_NAME").GetString()!);
        Assert.Matches(@"^[\d.]+:\d+$", variables.GetProperty("AWS_LAMBDA_RUNTIME_API").GetString()!);
        Assert.Matches("^ASIA[A-Z2-7]{16}$", variables.GetProperty("AWS_ACCESS_KEY_ID").GetString()!);
    }

    [Fact, Trait("Spec", "ENV-115")]
    public async Task Of_a_runtime_of_its_own_have_no_execution_environment()
    {
        using var function = WrittenFunction.Bootstrap("""
            #!/usr/bin/python3 -I
            import json, os, urllib.request as http
            base = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
            while True:
                id = http.urlopen(f"{base}/next").headers["Lambda-Runtime-Aws-Request-Id"]
                http.urlopen(http.Request(f"{base}/{id}/response", json.dumps(dict(os.environ)).encode()))
            """);
        var variables = (await ThawRun.OfAsync(function, "--env", "TABLE=orders")).Answer;

        // LC_CTYPE is what python sets for itself when it finds the C locale's successor missing.
        Assert.Equal(
            [.. OfEveryRuntime.Concat(OfTheCustomer).Order(StringComparer.Ordinal)],
            variables.EnumerateObject().Select(variable => variable.Name).Where(name => name != "LC_CTYPE").Order(StringComparer.Ordinal));
    }

    [Fact, Trait("Spec", "ENV-089")]
    public async Task Of_an_extension_lack_what_is_the_runtimes_alone()
    {
        using var function = WrittenFunction.Node("export const handler = async (event) => event;");
        function.WithProgram("layer/extensions/companion", """
            #!/usr/bin/python3 -I
            import os, urllib.request as http
            base, id = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2020-01-01/extension", "Lambda-Extension-Identifier"
            register = http.Request(f"{base}/register", b'{"events":["SHUTDOWN"]}', {"Lambda-Extension-Name": "companion"})
            me = {id: http.urlopen(register).headers[id]}
            print("has " + " ".join(sorted(os.environ)), flush=True)
            http.urlopen(http.Request(f"{base}/event/next", headers=me))
            """);
        var run = await ThawRun.OfAsync(function, "--layer", function["layer"], "--env", "TABLE=orders");

        run.Answered("{}");
        var printed = run.Log.Single(line => line.StartsWith("has ", StringComparison.Ordinal))[4..].Split(' ');
        Assert.Equal(
            [.. OfEveryRuntime.Except(NotForExtensions).Concat(OfTheCustomer).Append("NODE_PATH").Order(StringComparer.Ordinal)],
            printed.Where(name => name != "LC_CTYPE").Order(StringComparer.Ordinal));
    }

    [Fact, Trait("Spec", "ENV-115")]
    public async Task That_begin_with_an_underscore_are_dropped_and_others_may_override_the_defaults()
    {
        using var function = WrittenFunction.Node(PrintAll);
        var variables = (await ThawRun.OfAsync(function, "--env", "_MINE=1", "--env", "TZ=Europe/Berlin", "--env", "LANG=de")).Answer;

        Assert.False(variables.TryGetProperty("_MINE", out _));
        Assert.Equal("Europe/Berlin", variables.GetProperty("TZ").GetString());
        Assert.Equal("de", variables.GetProperty("LANG").GetString());
    }

    [Theory]
    [InlineData("NODE_PATH", "export const handler = async () => process.env.NODE_PATH;", "/nodejs/node_modules")]
    [InlineData("PYTHONPATH", "import os\ndef handler(event, context): return os.environ['PYTHONPATH']", "/python")]
    public async Task That_name_search_paths_keep_the_layers(string name, string source, string ofLayers)
    {
        using var function = name == "NODE_PATH" ? WrittenFunction.Node(source) : WrittenFunction.Python(source);
        var places = (await ThawRun.OfAsync(function, "--env", $"{name}=/my/own")).Answer.GetString()!.Split(':');

        Assert.Equal("/my/own", places[0]);
        Assert.Contains(places, place => place.EndsWith(ofLayers, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--initialization-type", "provisioned-concurrency", "provisioned-concurrency", true)]
    [InlineData("--initialization-type", "snap-start", "snap-start", false)]
    public async Task Tell_the_type_of_initialization(string option, string value, string told, bool hasLogNames)
    {
        using var function = WrittenFunction.Node(PrintAll);
        var variables = (await ThawRun.OfAsync(function, option, value)).Answer;

        Assert.Equal(told, variables.GetProperty("AWS_LAMBDA_INITIALIZATION_TYPE").GetString());
        Assert.Equal(hasLogNames, variables.TryGetProperty("AWS_LAMBDA_LOG_GROUP_NAME", out _));
    }
}
