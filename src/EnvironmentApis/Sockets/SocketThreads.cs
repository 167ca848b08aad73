namespace Thaw.EnvironmentApis.Sockets;

/// <summary>
/// Lets the threads that wait for sockets do the work themselves, from a caller's request to the runtime's next call.
///
///   by default:  socket thread -> pool thread: parse -> pool thread: serve -> pool thread: send
///   inline:      socket thread: parse, serve, send
///
/// A warm invoke then changes threads not once. In return nothing may block such a thread: whatever reads files, starts processes or waits
/// goes to the thread pool first. A blocking send there would wait for itself for ever.
/// </summary>
public static class SocketThreads
{
    /// <summary>Whether they do.</summary>
    internal static bool AreInline { get; private set; }

    /// <summary>How many wait for the lanes' sockets.</summary>
    internal static int Count => AreInline ? Environment.ProcessorCount : 1;

    /// <summary>
    /// From here on nobody's execution context goes with what is served, to the next wait and behind it: nobody looks at one, and at every
    /// step it would be taken up and put down again.
    /// </summary>
    public static void ForgetContext()
    {
        if (!ExecutionContext.IsFlowSuppressed())
            ExecutionContext.SuppressFlow();
    }

    /// <summary>To be called before the process has its first socket.</summary>
    public static void ServeInline()
    {
        AreInline = true;
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
    }
}
