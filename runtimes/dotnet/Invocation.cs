using System.Globalization;

namespace Thaw.DotnetRuntime;

/// <summary>What <c>next</c> has brought.</summary>
internal sealed record Invocation(string RequestId, IReadOnlyDictionary<string, string> Headers, byte[] Event)
{
    public const string ClientContextHeader = "lambda-runtime-client-context", IdentityHeader = "lambda-runtime-cognito-identity";

    public string? Attempt => Header("lambda-runtime-invocation-id");

    public string? TraceId => Header("lambda-runtime-trace-id");

    public string? FunctionArn => Header("lambda-runtime-invoked-function-arn");

    public string? ClientContext => Header(ClientContextHeader);

    public string? Identity => Header(IdentityHeader);

    public string? TenantId => Header("lambda-runtime-aws-tenant-id");

    public DateTimeOffset Deadline => DateTimeOffset.FromUnixTimeMilliseconds(
        long.Parse(Header("lambda-runtime-deadline-ms") ?? "0", CultureInfo.InvariantCulture));

    private string? Header(string name) => Headers.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
}
