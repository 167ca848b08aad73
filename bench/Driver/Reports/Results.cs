using System.Text.Json;
using System.Text.Json.Serialization;

namespace Thaw.Bench.Driver.Reports;

/// <summary>Everything that one run found.</summary>
/// <param name="Machine">In words.</param>
/// <param name="LoadBefore">The machine's load average when the run began.</param>
/// <param name="LoadAfter">And when it ended.</param>
/// <param name="RoundsWanted">How many rounds were asked for.</param>
/// <param name="Rows">The table.</param>
internal sealed record Results(string Machine, string LoadBefore, string LoadAfter, int RoundsWanted, IReadOnlyList<Row> Rows)
{
    internal string ToJson() => JsonSerializer.Serialize(this, ResultsContext.Default.Results) + "\n";
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Results))]
internal sealed partial class ResultsContext : JsonSerializerContext;
