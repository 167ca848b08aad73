namespace Thaw.Lifecycle.Calls;

/// <summary>A call that is accepted at once and answered later.</summary>
internal static class ParkedCall
{
    public static async Task<Answer<T>> AwaitAsync<T>(ValueTask<Answer<Task<T>>> call)
        where T : class
    {
        if ((await call).IsRefused(out var refusal, out var parked))
            return refusal;
        return await parked;
    }
}
