using System.Text;
using Microsoft.AspNetCore.Http;
using Thaw.Lifecycle.Calls;

namespace Thaw.EnvironmentApis;

/// <summary>How a refusal looks in HTTP, and the refusals that only HTTP knows; spec 2.4, 3.1-3.4, 4.1.</summary>
internal static class ApiRefusal
{
    public static Refusal Truncated { get; } = new("TruncatedHTTPRequest", "HTTP request detected as truncated");

    public static Refusal InternalError { get; } = new("InternalServerError", "Internal Server Error");

    public static Refusal EmptyExtensionName { get; } = new("Extension.InvalidExtensionName", "Empty extension name");

    public static Refusal ConfigurationKeys { get; } =
        InvalidFormat("configurationKeys are deprecated; use environment variables instead");

    public static Refusal MissingIdentifier { get; } =
        new("Extension.MissingExtensionIdentifier", $"Missing {ExtensionsApi.IdentifierHeader.Name} header");

    public static Refusal InvalidIdentifier { get; } =
        new("Extension.InvalidExtensionIdentifier", $"Invalid {ExtensionsApi.IdentifierHeader.Name}");

    public static Refusal TelemetryNotSupported { get; } = new("Telemetry.NotSupported", "Telemetry API is not supported");

    public static Refusal LogsNotSupported { get; } = new("Logs.NotSupported", "Logs API is not supported");

    public static Refusal InvalidFormat(string why) => new("InvalidRequestFormat", why);

    public static Refusal MissingHeader(string name) => new("Extension.MissingHeader", $"{name} not found");

    public static Refusal TooLarge(long maxBytes) =>
        new("RequestEntityTooLarge", FormattableString.Invariant($"Exceeded maximum allowed payload size ({maxBytes} bytes)."));

    /// <summary>The one table of statuses. What it does not name is 403, as in AWS's code.</summary>
    public static int StatusOf(Refusal refusal) => refusal.ErrorType switch
    {
        "Telemetry.NotSupported" or "Logs.NotSupported" => StatusCodes.Status202Accepted,
        "InvalidRequestID" => StatusCodes.Status400BadRequest,
        "InvalidFunctionResponseMode" => StatusCodes.Status400BadRequest,
        "TruncatedHTTPRequest" => StatusCodes.Status400BadRequest,
        "InvokeTimeout" => StatusCodes.Status410Gone,
        "RequestEntityTooLarge" => StatusCodes.Status413PayloadTooLarge,
        "InternalServerError" => StatusCodes.Status500InternalServerError,
        _ => StatusCodes.Status403Forbidden,
    };

    /// <summary>The order of the keys and the newline are AWS's; spec: ENV-070.</summary>
    public static byte[] Render(Refusal refusal) => Encoding.UTF8.GetBytes(
        $$"""{"errorMessage":{{GoJson.Quote(refusal.ErrorMessage)}},"errorType":{{GoJson.Quote(refusal.ErrorType)}}}""" + "\n");
}
