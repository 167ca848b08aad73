namespace Thaw.Contracts;

/// <summary>
/// One record that a runtime wrote to the descriptor of <c>_LAMBDA_TELEMETRY_LOG_FD</c>, whole, whatever lines it has; its time is the
/// runtime's own. Spec 5.4.
/// </summary>
/// <param name="Level">Null when the runtime gave none.</param>
/// <param name="IsJson">Whether it says that it is JSON.</param>
public sealed record LogFrame(string Participant, ReadOnlyMemory<byte> Text, LogSeverity? Level, bool IsJson) : LifecycleEvent
{
    /// <summary>Without the newline at its end, which some runtimes add as they would to a line.</summary>
    public ReadOnlyMemory<byte> Message => Text.Span is [.., (byte)'\n'] ? Text[..^1] : Text;
}
