using System.Text;
using Thaw.Contracts;
using Thaw.Daemon.ServiceApi.Requests;
using Thaw.Environments.Functions;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.FunctionResources;

/// <summary>
/// The configuration that CreateFunction and UpdateFunctionConfiguration bring: what they say replaces what was, the rest stays; spec
/// (service) 4.1, 4.6. Layers are looked up later, in the store.
/// </summary>
internal static class SettingsRequest
{
    private const int MaxImageWords = 1_500;

    private static readonly string[] NotYet = ["TenancyConfig", "CapacityProviderConfig", "DurableConfig"];

    /// <summary>Notes what breaks a constraint; <see cref="Check"/> follows when nothing does.</summary>
    /// <param name="hasRole">False when the role was read already.</param>
    public static FunctionSettings Read(Members body, FunctionSettings was, bool hasRole = true) => was with
    {
        Runtime = body.Text("Runtime") ?? was.Runtime,
        Role = hasRole ? body.Text("Role", Constraints.Role) ?? was.Role : was.Role,
        Handler = body.Text("Handler", Constraints.Handler) ?? was.Handler,
        Description = body.Text("Description", Constraints.Description) ?? was.Description,
        Timeout = body.Number("Timeout", Limits.MinTimeoutSeconds, Limits.MaxTimeoutSeconds) ?? was.Timeout,
        MemorySize = body.Number("MemorySize", Limits.MinMemoryMegabytes, Limits.MaxMemoryMegabytes) ?? was.MemorySize,
        EphemeralStorage = body.Object("EphemeralStorage")?.Number("Size", Limits.MinStorageMegabytes, Limits.MaxStorageMegabytes)
            ?? was.EphemeralStorage,
        Variables = body.Object("Environment") is { } environment ? environment.Map("Variables", Constraints.Variable) : was.Variables,
        VpcConfig = body.Object("VpcConfig") is { } vpc ? Vpc(vpc) : was.VpcConfig,
        DeadLetterTargetArn = body.Object("DeadLetterConfig") is { } deadLetter
            ? Set(deadLetter.Text("TargetArn", Constraints.Arn))
            : was.DeadLetterTargetArn,
        TracingMode = body.Object("TracingConfig")?.Word("Mode", "Active", "PassThrough") ?? was.TracingMode,
        Logging = body.Object("LoggingConfig") is { } logging ? Logging(logging, was.Logging) : was.Logging,
        FileSystems = body.Objects("FileSystemConfigs", max: 1) is { } systems ? [.. systems.Select(FileSystem)] : was.FileSystems,
        SnapStartApplyOn = body.Object("SnapStart")?.Word("ApplyOn", "PublishedVersions", "None") ?? was.SnapStartApplyOn,
        ImageConfig = body.Object("ImageConfig") is { } image ? Image(image) : was.ImageConfig,
        KmsKeyArn = body.Text("KMSKeyArn", Constraints.KmsKeyArn) is { } key ? Set(key) : was.KmsKeyArn,
    };

    /// <summary>What the model does not tell, but the service refuses.</summary>
    public static void Check(Members body, FunctionSettings settings)
    {
        if (body.Text("Runtime") is { } runtime)
            Runtimes.MustBeCurrent(runtime);
        CheckPackage(body, settings);
        if (Array.Find(NotYet, body.Has) is { } later)
            throw LambdaException.InvalidParameterValue($"This version of Thaw has no {later}; leave it away.");
        if (settings.Logging.LogFormat != "JSON" && body.Object("LoggingConfig") is { } logging
            && (logging.Has("ApplicationLogLevel") || logging.Has("SystemLogLevel")))
        {
            throw LambdaException.InvalidParameterValue(
                "LogLevel is not supported when LogFormat is set to \"Text\". "
                + "Remove LogLevel from your request or change the LogFormat to \"JSON\" and try again.");
        }

        CheckVariables(settings.Variables);
        CheckSnapStart(settings);
    }

    // Spec 7.1.
    private static void CheckSnapStart(FunctionSettings settings)
    {
        if (!settings.WantsSnapshots)
            return;
        if (settings.EphemeralStorage > 512)
            throw LambdaException.InvalidParameterValue("SnapStart is not supported with more than 512 MB of EphemeralStorage.");
        if (settings.FileSystems.Count > 0)
            throw LambdaException.InvalidParameterValue("SnapStart is not supported with FileSystemConfigs.");
        if (settings.TenantIsolationMode is not null)
            throw LambdaException.InvalidParameterValue("SnapStart is not supported with TenancyConfig.");
    }

    private static void CheckPackage(Members body, FunctionSettings settings)
    {
        if (settings.IsImage)
        {
            if (settings.Runtime is null && settings.Handler is null && body.Texts("Layers") is null or { Count: 0 })
                return;
            throw LambdaException.InvalidParameterValue(
                "Please don't provide handler or runtime or layer when the intended function PackageType is Image.");
        }

        if (settings.Runtime is null || settings.Handler is null)
        {
            throw LambdaException.InvalidParameterValue(
                "Runtime and Handler are mandatory parameters for functions created with deployment packages.");
        }

        if (body.Has("ImageConfig"))
            throw LambdaException.InvalidParameterValue("ImageConfig is for functions of PackageType Image; this one is a Zip.");
    }

    private static void CheckVariables(IReadOnlyDictionary<string, string>? variables)
    {
        if (variables is null)
            return;
        if (variables.Keys.Where(EnvironmentVariables.IsReserved).ToArray() is { Length: > 0 } reserved)
        {
            throw LambdaException.InvalidParameterValue(
                "Lambda was unable to configure your environment variables because the environment variables you have provided contains "
                + "reserved keys that are currently not supported for modification. "
                + $"Reserved keys used in this request: {string.Join(", ", reserved)}");
        }

        var text = LeastJson.Of(variables);
        if (Encoding.UTF8.GetByteCount(text) > Limits.CustomerVariableBytes)
        {
            throw LambdaException.InvalidParameterValue(
                "Lambda was unable to configure your environment variables because the environment variables you have provided exceeded "
                + $"the 4KB limit. String measured: {text}");
        }
    }

    // Callers take a member away by an empty text.
    private static string? Set(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static VpcSettings? Vpc(Members vpc)
    {
        var subnets = vpc.Texts("SubnetIds", max: 16) ?? [];
        var groups = vpc.Texts("SecurityGroupIds", max: 5) ?? [];
        return subnets.Count == 0 && groups.Count == 0
            ? null
            : new VpcSettings(subnets, groups, vpc.Flag("Ipv6AllowedForDualStack") ?? false);
    }

    private static LoggingSettings Logging(Members logging, LoggingSettings was)
    {
        var format = logging.Word("LogFormat", "JSON", "Text") ?? was.LogFormat;
        var application = logging.Word("ApplicationLogLevel", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL");
        var system = logging.Word("SystemLogLevel", "DEBUG", "INFO", "WARN");
        var isJson = format == "JSON";
        return new LoggingSettings
        {
            LogFormat = format,
            ApplicationLogLevel = isJson ? application ?? was.ApplicationLogLevel ?? "INFO" : null,
            SystemLogLevel = isJson ? system ?? was.SystemLogLevel ?? "INFO" : null,
            LogGroup = logging.Text("LogGroup", Constraints.LogGroup) ?? was.LogGroup,
        };
    }

    // An empty object restores what the image says.
    private static ImageSettings? Image(Members image)
    {
        var settings = new ImageSettings(
            Words(image.Texts("EntryPoint", MaxImageWords)),
            Words(image.Texts("Command", MaxImageWords)),
            Set(image.Text("WorkingDirectory", Constraints.WorkingDirectory)));
        return settings is { EntryPoint: null, Command: null, WorkingDirectory: null } ? null : settings;
    }

    private static IReadOnlyList<string>? Words(IReadOnlyList<string>? words) => words is { Count: 0 } ? null : words;

    private static FileSystemSettings FileSystem(Members system) =>
        new(system.Needed("Arn"), system.Needed("LocalMountPath", Constraints.MountPath));
}
