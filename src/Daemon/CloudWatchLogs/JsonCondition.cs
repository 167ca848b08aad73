using System.Text.Json;

namespace Thaw.Daemon.CloudWatchLogs;

/// <summary>What a filter pattern wants of a JSON message.</summary>
internal abstract record JsonCondition
{
    public sealed record All(IReadOnlyList<JsonCondition> Parts) : JsonCondition;

    public sealed record Any(IReadOnlyList<JsonCondition> Parts) : JsonCondition;

    /// <summary>A member has this value, <c>IS NULL</c> and the like; or is not there, when there is none.</summary>
    /// <param name="Path">Names of members, and numbers of elements.</param>
    public sealed record State(IReadOnlyList<string> Path, JsonValueKind? Value) : JsonCondition;

    /// <param name="Path">As of <see cref="State"/>.</param>
    /// <param name="Operator">One of <c>= != &lt; &gt; &lt;= &gt;=</c>.</param>
    /// <param name="Text">The value as text; <c>*</c> stands for any letters.</param>
    /// <param name="Number">The same as a number; null when it is none.</param>
    public sealed record Comparison(IReadOnlyList<string> Path, string Operator, string Text, double? Number) : JsonCondition;
}
