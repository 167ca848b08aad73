using Thaw.Contracts;

namespace Thaw.EnvironmentApis.RuntimeApi;

/// <summary>The id of the attempt that a client answers, if it is new enough to say so; spec 2.2a.</summary>
internal static class EchoHeader
{
    public static InvocationId? Read(ApiCall call) =>
        call.Header("Lambda-Runtime-Invocation-Id") is { } echo ? new InvocationId(echo) : null;
}
