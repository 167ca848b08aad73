using Thaw.Contracts;
using Thaw.Lifecycle;
using Thaw.Lifecycle.Calls;

namespace Thaw.EnvironmentApis.RuntimeApi;

/// <summary>
/// A response that the caller receives while the runtime still writes it; spec 9.
///
///   runtime   head | chunk | chunk | ... | end, perhaps with an error in the trailers
///   caller    head | chunk | chunk | ... | complete, or failed in the middle
/// </summary>
internal static class StreamedResponse
{
    public static async Task<Answer<Accepted>> PostAsync(ApiCall call, PostedAnswer posted)
    {
        var response = posted.Invocation.Response;
        var bytes = 0L;
        posted.BeginStream(call.ContentType ?? "application/octet-stream");
        for (var part = await call.Body.ReadAsync(); !part.IsEmpty; part = await call.Body.ReadAsync())
        {
            var allowed = Math.Min(part.Length, Limits.StreamedResponseBytes - bytes);
            foreach (var segment in part.Slice(0, allowed))
                await response.WriteAsync(segment, call.HungUp);
            bytes += allowed;
            if (allowed < part.Length)
                return await EndAsync(posted, bytes, GeneratedError.StreamTooLarge, ApiRefusal.TooLarge(Limits.StreamedResponseBytes));
        }

        return call.Body.IsTruncated
            ? await EndAsync(posted, bytes, GeneratedError.Truncated(posted.Invocation.RequestId), ApiRefusal.Truncated)
            : await posted.EndStreamAsync(bytes, ErrorTrailers.Read(call));
    }

    private static async Task<Answer<Accepted>> EndAsync(PostedAnswer posted, long bytes, InvocationError error, Refusal fault) =>
        (await posted.EndStreamAsync(bytes, error)).IsRefused(out var late, out _) ? late : fault;
}
