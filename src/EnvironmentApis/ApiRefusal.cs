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

    public static Refusal InvalidFormat(string why) => new("InvalidRequestFormat", why);

    /// <summary>A subscription that cannot be; spec: ENV-091.</summary>
    public static Refusal ValidationError(string why, bool logsApi) => Refusal.InvalidSubscription(why, logsApi);

    public static Refusal MissingHeader(string name) => new("Extension.MissingHeader", $"{name} not found");

    public static Refusal TooLarge(long maxBytes) =>
        new("RequestEntityTooLarge", FormattableString.Invariant($"Exceeded maximum allowed payload size ({maxBytes} bytes)."));

    /// <summary>The one table of statuses. What it does not name is 403, as in AWS's code.</summary>
    public static int StatusOf(Refusal refusal) => refusal.ErrorType switch
    {
        "InvalidRequestID" => StatusCodes.Status400BadRequest,
        "ValidationError" or "Logs.ValidationError" => StatusCodes.Status400BadRequest,
        "InvalidFunctionResponseMode" => StatusCodes.Status400BadRequest,
        "TruncatedHTTPRequest" => StatusCodes.Status400BadRequest,
        "InvokeTimeout" => StatusCodes.Status410Gone,
        "RequestEntityTooLarge" => StatusCodes.Status413PayloadTooLarge,
        "InternalServerError" => StatusCodes.Status500InternalServerError,
        _ => StatusCodes.Status403Forbidden,
    };

    /// <summary>The order of the keys and the newline are AWS's, another order for subscriptions; spec: ENV-070, ENV-091.</summary>
    public static byte[] Render(Refusal refusal)
    {
        var message = $"\"errorMessage\":{GoJson.Quote(refusal.ErrorMessage)}";
        var type = $"\"errorType\":{GoJson.Quote(refusal.ErrorType)}";
        var isSubscription = refusal.ErrorType is "ValidationError" or "Logs.ValidationError";
        return Encoding.UTF8.GetBytes((isSubscription ? $"{{{type},{message}}}" : $"{{{message},{type}}}") + "\n");
    }
}
