using System.Text.Json;

namespace Thaw.EnvironmentApis.TelemetryApi;

/// <summary>
/// The members of a JSON object, read as Go's parser does, and so AWS's: keys of any case, the last one wins, null is the same as absent.
/// </summary>
/// <param name="faults">Gets a sentence for every member that is of another type than asked for.</param>
internal sealed class RequestFields(JsonElement from, List<string> faults)
{
    /// <summary>Null when it is absent or not of this kind.</summary>
    public JsonElement? Find(string name, JsonValueKind kind, string kindInWords)
    {
        JsonElement? found = null;
        foreach (var property in from.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Null && property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                found = property.Value;
        }

        if (found is null || found.Value.ValueKind == kind)
            return found;
        faults.Add($"{name} should be {kindInWords}");
        return null;
    }

    public string? Text(string name) => Find(name, JsonValueKind.String, "a string")?.GetString();

    public RequestFields? Object(string name) =>
        Find(name, JsonValueKind.Object, "an object") is { } found ? new RequestFields(found, faults) : null;

    /// <summary>A whole number without an exponent. What is outside of these bounds is a fault too.</summary>
    public int? Number(string name, int min, int max)
    {
        if (Find(name, JsonValueKind.Number, "a number") is not { } found)
            return null;
        if (found.TryGetInt32(out var number) && number >= min && number <= max)
            return number;
        faults.Add(FormattableString.Invariant($"{name} should be a whole number between {min} and {max}"));
        return null;
    }

    /// <summary>One of these words, which are told in the fault otherwise.</summary>
    public string? Word(string name, params string[] known)
    {
        if (Text(name) is not { } word)
            return null;
        if (known.Contains(word))
            return word;
        faults.Add($"{name} should be {string.Join(" or ", known)}");
        return null;
    }
}
