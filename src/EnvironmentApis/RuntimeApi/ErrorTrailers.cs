using System.Text;
using Thaw.Contracts;
using Thaw.Lifecycle;

namespace Thaw.EnvironmentApis.RuntimeApi;

/// <summary>How a runtime reports a failure after it has begun to stream; spec: ENV-131.</summary>
internal static class ErrorTrailers
{
    /// <summary>The error of the trailers, or null when there are none. The type is passed on as it is, the body decoded.</summary>
    public static InvocationError? Read(ApiCall call)
    {
        var type = call.Trailer("Lambda-Runtime-Function-Error-Type");
        var body = call.Trailer("Lambda-Runtime-Function-Error-Body");
        return type is null && body is null
            ? null
            : new InvocationError(type is null ? ErrorType.RuntimeUnknown : new(type), Decode(body ?? ""), "application/json");
    }

    // Text that is not base64 reaches the caller as it is: better than nothing.
    private static byte[] Decode(string body)
    {
        var decoded = new byte[body.Length];
        return Convert.TryFromBase64String(body, decoded, out var length) ? decoded[..length] : Encoding.UTF8.GetBytes(body);
    }
}
