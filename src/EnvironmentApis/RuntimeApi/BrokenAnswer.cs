using Thaw.Lifecycle;
using Thaw.Lifecycle.Calls;

namespace Thaw.EnvironmentApis.RuntimeApi;

/// <summary>A response or an error whose body is too long or breaks off: the invocation is answered all the same; spec 1.7, 2.7.</summary>
internal static class BrokenAnswer
{
    /// <returns>What the runtime gets: the fault, or that its answer came too late to matter.</returns>
    public static async Task<Answer<Accepted>> PostAsync(PostedAnswer posted, Refusal fault)
    {
        var error = fault == ApiRefusal.Truncated
            ? GeneratedError.Truncated(posted.Invocation.RequestId)
            : GeneratedError.ResponseTooLarge;
        return (await posted.FailAsync(error)).IsRefused(out var late, out _) ? late : fault;
    }
}
