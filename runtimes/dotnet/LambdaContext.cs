using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Thaw.DotnetRuntime;

/// <summary>The second argument of handlers: an object of the ILambdaContext that the function's own Amazon.Lambda.Core defines.</summary>
internal static class LambdaContext
{
    public const string InterfaceName = "Amazon.Lambda.Core.ILambdaContext";

    public static bool IsOne(Type type) => type.FullName == InterfaceName;

    public static object Of(Type type, Invocation invocation, Log log) => Facts.Of(type, name => name switch
    {
        "AwsRequestId" => invocation.RequestId,
        "FunctionName" => Variable("AWS_LAMBDA_FUNCTION_NAME"),
        "FunctionVersion" => Variable("AWS_LAMBDA_FUNCTION_VERSION"),
        "InvokedFunctionArn" => invocation.FunctionArn,
        "LogGroupName" => Variable("AWS_LAMBDA_LOG_GROUP_NAME"),
        "LogStreamName" => Variable("AWS_LAMBDA_LOG_STREAM_NAME"),
        "MemoryLimitInMB" => int.Parse(Variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE") ?? "0", CultureInfo.InvariantCulture),
        "RemainingTime" => invocation.Deadline - DateTimeOffset.UtcNow,
        "TenantId" => invocation.TenantId,
        "TraceId" => invocation.TraceId,
        "ClientContext" => Client(TypeOf(type, name), Parse(invocation.ClientContext)),
        "Identity" => Identity(TypeOf(type, name), Parse(invocation.Identity)),
        "Logger" => Logger(TypeOf(type, name), log),
        _ => null,
    });

    /// <summary>Has made once what each first context makes: types for the function's own interfaces.</summary>
    public static void Prepare(Type type, Log log)
    {
        const string Nothing = "{}";
        var nobodys = new Invocation(
            "",
            new Dictionary<string, string> { [Invocation.ClientContextHeader] = Nothing, [Invocation.IdentityHeader] = Nothing },
            []);
        var context = Of(type, nobodys, log);
        foreach (var property in type.GetProperties())
            _ = property.GetValue(context);
    }

    private static object Client(Type type, JsonElement given) => Facts.Of(type, name => name switch
    {
        "Environment" => Map(given, "env"),
        "Custom" => Map(given, "custom"),
        "Client" => Member(given, "client") is { } client ? Application(TypeOf(type, name), client) : null,
        _ => null,
    });

    private static object Application(Type type, JsonElement given) => Facts.Of(type, name => name switch
    {
        "InstallationId" => Text(given, "installation_id"),
        "AppTitle" => Text(given, "app_title"),
        "AppVersionName" => Text(given, "app_version_name"),
        "AppVersionCode" => Text(given, "app_version_code"),
        "AppPackageName" => Text(given, "app_package_name"),
        _ => null,
    });

    private static object Identity(Type type, JsonElement given) => Facts.Of(type, name => name switch
    {
        "IdentityId" => Text(given, "cognitoIdentityId"),
        "IdentityPoolId" => Text(given, "cognitoIdentityPoolId"),
        _ => null,
    });

    // Log, LogLine, and in newer versions LogInformation and its like, with or without level, exception and arguments.
    private static object Logger(Type type, Log log) => Facts.Of(type, (member, values) =>
    {
        if (member.Name == "Log" && values is [string raw])
        {
            Console.Write(raw);
            return null;
        }

        var level = member.Name is "Log" or "LogLine" ? Log.Information : member.Name["Log".Length..];
        Exception? error = null;
        object? message = null;
        object?[] arguments = [];
        foreach (var (parameter, value) in member.GetParameters().Zip(values))
        {
            if (parameter.ParameterType == typeof(object[]))
                arguments = (object?[]?)value ?? [];
            else if (parameter.ParameterType.IsEnum || parameter.Name == "level" || parameter.Name == "logLevel")
                level = value?.ToString() ?? level;
            else if (typeof(Exception).IsAssignableFrom(parameter.ParameterType))
                error = (Exception?)value;
            else
                message = value;
        }

        log.Write(level, error, message?.ToString(), arguments);
        return null;
    });

    private static Type TypeOf(Type type, string property) =>
        type.GetProperty(property, BindingFlags.Instance | BindingFlags.Public)!.PropertyType;

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name);

    private static JsonElement Parse(string? json) => json is null ? default : JsonElement.Parse(json);

    private static JsonElement? Member(JsonElement given, string name) =>
        given.ValueKind == JsonValueKind.Object && given.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null
            ? member : null;

    private static string? Text(JsonElement given, string name) => Member(given, name)?.ToString();

    private static Dictionary<string, string> Map(JsonElement given, string name) =>
        Member(given, name) is { ValueKind: JsonValueKind.Object } map
            ? map.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.ToString())
            : [];
}
