using System.Text.Json;

namespace Thaw.Cli.Deploy;

/// <summary>What a function is to run, as the service is told.</summary>
internal interface IFunctionCode
{
    /// <summary>What is in it, for people.</summary>
    string Contents { get; }

    /// <summary>As CreateFunction has it.</summary>
    string PackageType { get; }

    /// <summary>How long the daemon may take until it can be invoked.</summary>
    TimeSpan Patience { get; }

    /// <summary>Whether a function with this configuration has it already; false too when that is not known here.</summary>
    bool IsIn(JsonElement configuration);

    /// <summary>Writes the member of <c>Code</c> that brings it.</summary>
    void Write(Utf8JsonWriter json);
}
