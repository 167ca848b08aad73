namespace Thaw.Daemon.InvokeApi;

/// <summary>The operations that invoke; spec (service) 2.3.</summary>
internal enum InvokeOperation
{
    Invoke,

    /// <summary>The answer goes to the caller as the runtime writes it.</summary>
    InvokeWithResponseStream,

    /// <summary>The old form of an Event, with smaller events.</summary>
    InvokeAsync,
}
