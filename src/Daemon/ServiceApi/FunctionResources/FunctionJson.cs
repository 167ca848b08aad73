using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Thaw.Contracts;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.FunctionResources;

/// <summary>FunctionConfiguration, as answers show it; spec (service) 4.3.</summary>
internal static class FunctionJson
{
    /// <param name="arn">As the caller asked: with the qualifier, if there was one.</param>
    /// <param name="isListed">One of many, which show less.</param>
    public static void Write(Utf8JsonWriter json, VersionRecord version, string arn, bool isListed = false)
    {
        var (settings, code) = version.Deployment;
        json.WriteString("FunctionName", version.Function);
        json.WriteString("FunctionArn", arn);
        json.WriteText("Runtime", settings.Runtime);
        json.WriteString("Role", settings.Role);
        json.WriteText("Handler", settings.Handler);
        json.WriteNumber("CodeSize", code.Size);
        json.WriteString("Description", settings.Description);
        json.WriteNumber("Timeout", settings.Timeout);
        json.WriteNumber("MemorySize", settings.MemorySize);
        json.WriteString("LastModified", Time(version.LastModified));
        json.WriteString("CodeSha256", code.Sha256);
        json.WriteString("Version", version.Version);
        json.WriteString("RevisionId", version.RevisionId);
        json.WriteString("PackageType", settings.PackageType);
        json.WriteTexts("Architectures", settings.Architectures);
        json.WriteText("KMSKeyArn", settings.KmsKeyArn);
        WriteParts(json, version);
        if (isListed)
            return;
        WriteState(json, version);
        if (settings.IsImage)
            return;
        json.WriteStartObject("RuntimeVersionConfig");
        json.WriteString("RuntimeVersionArn", RuntimeArn(settings.Runtime ?? ""));
        json.WriteEndObject();
    }

    /// <summary>As functions and layers tell it: no colon in the offset.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+0000'", CultureInfo.InvariantCulture);

    private static void WriteState(Utf8JsonWriter json, VersionRecord version)
    {
        json.WriteString("State", version.State);
        json.WriteText("StateReason", version.StateReason);
        json.WriteText("StateReasonCode", version.StateReasonCode);
        json.WriteText("LastUpdateStatus", version.LastUpdateStatus);
        json.WriteText("LastUpdateStatusReason", version.LastUpdateStatusReason);
        json.WriteText("LastUpdateStatusReasonCode", version.LastUpdateStatusReasonCode);
    }

    private static void WriteParts(Utf8JsonWriter json, VersionRecord version)
    {
        var (function, settings) = (version.Function, version.Deployment.Settings);
        json.WriteObject("EphemeralStorage", part => part.WriteNumber("Size", settings.EphemeralStorage));
        json.WriteObject("TracingConfig", part => part.WriteString("Mode", settings.TracingMode));
        json.WriteObject("SnapStart", part =>
        {
            part.WriteString("ApplyOn", settings.SnapStartApplyOn);
            part.WriteString("OptimizationStatus", version.IsOptimized ? "On" : "Off");
        });
        json.WriteObject("LoggingConfig", part =>
        {
            part.WriteString("LogFormat", settings.Logging.LogFormat);
            part.WriteText("ApplicationLogLevel", settings.Logging.ApplicationLogLevel);
            part.WriteText("SystemLogLevel", settings.Logging.SystemLogLevel);
            part.WriteString("LogGroup", settings.Logging.LogGroup ?? $"/aws/lambda/{function}");
        });
        if (settings.ImageConfig is { } image)
            json.WriteObject("ImageConfigResponse", part => part.WriteObject("ImageConfig", config => WriteImage(config, image)));
        if (settings.Variables is { } variables)
            json.WriteObject("Environment", part => part.WriteMap("Variables", variables));
        if (settings.DeadLetterTargetArn is { } target)
            json.WriteObject("DeadLetterConfig", part => part.WriteString("TargetArn", target));
        if (settings.VpcConfig is { } vpc)
        {
            json.WriteObject("VpcConfig", part =>
            {
                part.WriteTexts("SubnetIds", vpc.SubnetIds);
                part.WriteTexts("SecurityGroupIds", vpc.SecurityGroupIds);
                part.WriteBoolean("Ipv6AllowedForDualStack", vpc.Ipv6AllowedForDualStack);
                part.WriteString("VpcId", "");
            });
        }

        json.WriteObjects("Layers", settings.Layers, (part, layer) =>
        {
            part.WriteString("Arn", layer.Arn);
            part.WriteNumber("CodeSize", layer.Code.Size);
        });
        json.WriteObjects("FileSystemConfigs", settings.FileSystems, (part, system) =>
        {
            part.WriteString("Arn", system.Arn);
            part.WriteString("LocalMountPath", system.LocalMountPath);
        });
    }

    private static void WriteImage(Utf8JsonWriter json, ImageSettings image)
    {
        if (image.EntryPoint is { } entryPoint)
            json.WriteTexts("EntryPoint", entryPoint);
        if (image.Command is { } command)
            json.WriteTexts("Command", command);
        json.WriteText("WorkingDirectory", image.WorkingDirectory);
    }

    // A name that changes with the runtime, as AWS's does.
    private static string RuntimeArn(string runtime) => $"arn:aws:lambda:{FunctionConfiguration.LocalRegion}::runtime:"
        + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(runtime)));
}
