namespace Thaw.Daemon.InvokeApi;

/// <summary><c>X-Amz-Invocation-Type</c>: what the caller waits for.</summary>
internal enum InvocationType
{
    /// <summary>The answer.</summary>
    RequestResponse,

    /// <summary>Only that the event was taken.</summary>
    Event,

    /// <summary>Only whether it could be invoked.</summary>
    DryRun,
}
