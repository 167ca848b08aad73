using Thaw.Contracts;

namespace Thaw.Telemetry.Records;

/// <summary>Telemetry's words for our values; spec 4.4.</summary>
internal static class RecordWords
{
    public static ReadOnlySpan<byte> Of(PhaseStatus status) => status switch
    {
        PhaseStatus.Success => "success"u8,
        PhaseStatus.Error => "error"u8,
        PhaseStatus.Failure => "failure"u8,
        _ => "timeout"u8,
    };

    /// <summary>Telemetry knows two phases; a suppressed init is in the other one.</summary>
    public static ReadOnlySpan<byte> Of(Phase phase) => phase == Phase.Invoke ? "invoke"u8 : "init"u8;
}
