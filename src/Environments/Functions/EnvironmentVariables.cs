using System.Collections.Frozen;
using System.Collections.ObjectModel;
using System.Globalization;
using Thaw.Contracts;
using Thaw.Environments.Runtimes;

namespace Thaw.Environments.Functions;

/// <summary>
/// The variables of a runtime and of an extension, exactly: nothing of the daemon's own gets in. Spec 6.1, 6.2; ENV-089, ENV-115.
///
///   defaults  &lt;  its image's  &lt;  the customer's (none that starts with _)  &lt;  the platform's
///
/// Where a language looks for packages is a list: the customer's places come first, the layers' follow.
/// </summary>
public sealed class EnvironmentVariables(
    FunctionConfiguration function,
    FunctionFiles files,
    RuntimeCommand command,
    InitializationType initializationType,
    Credentials credentials,
    string logStream,
    string runtimeApi,
    bool callsLambda = false,
    FunctionImage? image = null)
{
    /// <summary>A customer's variable: with the value <c>true</c> the function may call the Lambda API, on its own endpoint.</summary>
    public const string LambdaApiChoice = "THAW_LAMBDA_API";

    /// <summary>Where runtimes write framed logs: beyond what shells use for their own files.</summary>
    public const int LogDescriptor = 62;

    private static readonly FrozenSet<string> Reserved = new[]
    {
        "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR", "AWS_LAMBDA_MAX_CONCURRENCY", "AWS_LAMBDA_METADATA_API",
        "AWS_LAMBDA_METADATA_TOKEN",
    }.ToFrozenSet();

    /// <summary>What extensions do not get, besides everything that starts with an underscore; spec 6.2.</summary>
    private static readonly FrozenSet<string> OnlyForRuntimes = new[]
    {
        "AWS_EXECUTION_ENV", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_XRAY_CONTEXT_MISSING",
        "AWS_XRAY_DAEMON_ADDRESS", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
    }.ToFrozenSet();

    /// <summary>Whether a customer may not set this one.</summary>
    public static bool IsReserved(string name) => Reserved.Contains(name);

    /// <summary>Whether a function's owner wants it to call the Lambda API.</summary>
    public static bool AsksForLambda(FunctionConfiguration function) =>
        function.Variables.TryGetValue(LambdaApiChoice, out var choice) && choice.Equals("true", StringComparison.OrdinalIgnoreCase);

    public IReadOnlyDictionary<string, string> ForRuntime()
    {
        var variables = Defaults();
        foreach (var (name, value) in command.Defaults)
            variables[name] = value;
        foreach (var (name, value) in image?.Variables ?? ReadOnlyDictionary<string, string>.Empty)
            variables[name] = value;
        foreach (var (name, value) in function.Variables.Where(variable => !variable.Key.StartsWith('_')))
            variables[name] = value;
        foreach (var (name, places) in command.SearchPaths(files))
            variables[name] = variables.TryGetValue(name, out var own) && own.Length > 0 ? $"{own}:{places}" : places;
        foreach (var (name, value) in Platform())
            variables[name] = value;
        return variables;
    }

    public IReadOnlyDictionary<string, string> ForExtension() => ForRuntime()
        .Where(variable => !variable.Key.StartsWith('_') && !OnlyForRuntimes.Contains(variable.Key))
        .ToDictionary();

    private Dictionary<string, string> Defaults()
    {
        var (task, opt, runtime) = (files.TaskRoot, files.Opt, command.RuntimeDirectory);
        var isJson = function.Logging.Format == LogFormat.Json;
        var defaults = new Dictionary<string, string>
        {
            ["LANG"] = "en_US.UTF-8",
            ["TZ"] = ":UTC",
            ["PATH"] = $"{command.LanguageBin}:/usr/local/bin:/usr/bin/:/bin:{opt}/bin",
            ["LD_LIBRARY_PATH"] = $"/var/lang/lib:/lib64:/usr/lib64:{runtime}:{runtime}/lib:{task}:{task}/lib:{opt}/lib",
            ["AWS_XRAY_CONTEXT_MISSING"] = "LOG_ERROR",
            ["AWS_XRAY_DAEMON_ADDRESS"] = "127.0.0.1:2000",
            ["_AWS_XRAY_DAEMON_ADDRESS"] = "127.0.0.1",
            ["_AWS_XRAY_DAEMON_PORT"] = "2000",
            ["AWS_LAMBDA_LOG_FORMAT"] = isJson ? "JSON" : "Text",
        };

        // An image has its own libraries and language, and says what it needs itself.
        if (image is not null)
        {
            defaults["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
            defaults.Remove("LD_LIBRARY_PATH");
            defaults.Remove("LANG");
        }

        // In text format everything is logged.
        if (isJson)
            defaults["AWS_LAMBDA_LOG_LEVEL"] = function.Logging.ApplicationLevel.ToString().ToUpperInvariant();
        return defaults;
    }

    private Dictionary<string, string> Platform()
    {
        var variables = new Dictionary<string, string>
        {
            ["_HANDLER"] = function.Handler,
            ["AWS_REGION"] = function.Region,
            ["AWS_DEFAULT_REGION"] = function.Region,
            ["AWS_LAMBDA_FUNCTION_NAME"] = function.Name,
            ["AWS_LAMBDA_FUNCTION_VERSION"] = function.Version,
            ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = function.MemoryMegabytes.ToString(CultureInfo.InvariantCulture),
            ["AWS_LAMBDA_INITIALIZATION_TYPE"] = initializationType.ToWireName(),
            ["AWS_LAMBDA_RUNTIME_API"] = runtimeApi,
            ["AWS_LAMBDA_METADATA_API"] = runtimeApi,
            ["AWS_LAMBDA_METADATA_TOKEN"] = credentials.MetadataToken,
            ["LAMBDA_TASK_ROOT"] = files.TaskRoot,
            ["LAMBDA_RUNTIME_DIR"] = command.RuntimeDirectory,
        };
        if (image is not null)
            variables.Remove("_HANDLER");
        if (callsLambda)
            variables["AWS_ENDPOINT_URL_LAMBDA"] = $"http://{runtimeApi}";
        if (command.ManagedName is { } managed)
            variables["AWS_EXECUTION_ENV"] = $"AWS_Lambda_{managed}";
        if (command.ReadsLogFrames)
            variables["_LAMBDA_TELEMETRY_LOG_FD"] = LogDescriptor.ToString(CultureInfo.InvariantCulture);

        var own = initializationType == InitializationType.SnapStart ? OfASnapshot() : OfOneEnvironment();
        return own.Concat(variables).ToDictionary();
    }

    private Dictionary<string, string> OfOneEnvironment() => new()
    {
        ["AWS_ACCESS_KEY_ID"] = credentials.Keys.AccessKeyId,
        ["AWS_ACCESS_KEY"] = credentials.Keys.AccessKeyId,
        ["AWS_SECRET_ACCESS_KEY"] = credentials.Keys.SecretAccessKey,
        ["AWS_SESSION_TOKEN"] = credentials.Keys.SessionToken,
        ["AWS_LAMBDA_LOG_GROUP_NAME"] = function.LogGroup,
        ["AWS_LAMBDA_LOG_STREAM_NAME"] = logStream,
    };

    /// <summary>What many environments share cannot name one's log stream, nor its keys: those are fetched; spec 7.6.</summary>
    private Dictionary<string, string> OfASnapshot() => new()
    {
        ["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = $"http://{runtimeApi}/2021-04-23/credentials",
        ["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = credentials.KeysToken,
    };
}
