using System.Globalization;
using System.Text.Json;

namespace Thaw.Daemon.ServiceApi.Requests;

/// <summary>
/// The members of a JSON object. Each getter gives null for what is absent or null, notes what breaks a constraint, and throws for what
/// is of the wrong type. Members that nobody asks for are ignored.
/// </summary>
/// <param name="path">Where the object stands in the request, with a dot at the end; empty for the whole of it.</param>
internal sealed class Members(JsonElement members, Violations violations, string path = "")
{
    /// <summary>Whether it is there at all, and no null.</summary>
    public bool Has(string name) => Member(name) is not null;

    public string? Text(string name, Constraint? constraint = null)
    {
        var text = PlainText(Member(name));
        if (text is not null && constraint is not null)
            violations.Check(text, Place(name), constraint);
        return text;
    }

    /// <summary>A text that must not be missing.</summary>
    public string Needed(string name, Constraint? constraint = null)
    {
        if (Text(name, constraint) is { } text)
            return text;
        violations.Add(null, Place(name), "Member must not be null");
        return "";
    }

    /// <summary>One of some words.</summary>
    public string? Word(string name, params ReadOnlySpan<string> set)
    {
        var word = PlainText(Member(name));
        if (word is not null && !set.Contains(word))
            violations.Add(word, Place(name), $"Member must satisfy enum value set: [{string.Join(", ", set)}]");
        return word;
    }

    public int? Number(string name, int min, int max)
    {
        if (Member(name) is not { } member)
            return null;
        if (member.ValueKind != JsonValueKind.Number)
            throw WrongType(member, "an Integer");
        if (!member.TryGetInt32(out var number))
        {
            throw new LambdaException(LambdaError.Serialization(
                $"NUMBER_VALUE {member.GetRawText()} at '{Place(name)}' can not be converted to an Integer"));
        }

        Note(number, name, min, max);
        return number;
    }

    public bool? Flag(string name) => Member(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw WrongType(other, "a Boolean"),
    };

    /// <summary>Bytes, which travel in base64.</summary>
    public byte[]? Blob(string name)
    {
        if (Member(name) is not { } member)
            return null;
        if (member.ValueKind != JsonValueKind.String)
            throw WrongType(member, "a Blob");
        try
        {
            if (member.TryGetBytesFromBase64(out var bytes))
                return bytes;
        }
        catch (InvalidOperationException)
        {
            // Half of a letter is no base64 either.
        }

        throw new LambdaException(LambdaError.Serialization($"STRING_VALUE at '{Place(name)}' is no base64"));
    }

    public Members? Object(string name) => Member(name) is not { } member ? null : new(Object(member), violations, Place(name) + ".");

    /// <summary>An object as it was sent; nothing of it is checked.</summary>
    public string? Raw(string name) => Member(name) is not { } member ? null : Object(member).GetRawText();

    public IReadOnlyList<string>? Texts(string name, int max = int.MaxValue, Constraint? constraint = null)
    {
        if (List(name, max) is not { } list)
            return null;
        string[] texts = [.. list.Select(one => PlainText(one) ?? throw new LambdaException(LambdaError.Serialization(
            $"null in the list at '{Place(name)}'")))];
        if (constraint is null || Array.TrueForAll(texts, text => !constraint.BrokenBy(text).Any()))
            return texts;
        var broken = texts.SelectMany(constraint.BrokenBy).Distinct();
        violations.Add(Shown(texts), Place(name), $"Member must satisfy constraint: [{string.Join(", ", broken)}]");
        return texts;
    }

    /// <summary>Some of some words.</summary>
    public IReadOnlyList<string>? Words(string name, int min, int max, params string[] set)
    {
        if (Texts(name) is not { } words)
            return null;
        if (words.Count > max)
            violations.Add(Shown(words), Place(name), Invariant($"Member must have length less than or equal to {max}"));
        if (words.Count < min)
            violations.Add(Shown(words), Place(name), Invariant($"Member must have length greater than or equal to {min}"));
        if (words.Any(word => !set.Contains(word)))
        {
            violations.Add(Shown(words), Place(name),
                $"Member must satisfy constraint: [Member must satisfy enum value set: [{string.Join(", ", set)}], "
                + "Member must not be null]");
        }

        return words;
    }

    public IReadOnlyList<Members>? Objects(string name, int max = int.MaxValue) => List(name, max) is not { } list ? null
        : [.. list.Select((one, at) => new Members(Object(one), violations, Invariant($"{Place(name)}.{at + 1}.member.")))];

    /// <summary>Texts by name, in the order in which they came.</summary>
    public IReadOnlyDictionary<string, string>? Map(string name, Constraint? keys = null)
    {
        if (Member(name) is not { } member)
            return null;
        var map = new OrderedDictionary<string, string>();
        foreach (var one in Object(member).EnumerateObject())
        {
            map[Decoded(one)] = PlainText(one.Value.ValueKind == JsonValueKind.Null ? null : one.Value) ?? throw new LambdaException(
                LambdaError.Serialization($"null in the map at '{Place(name)}'"));
        }

        if (keys is not null && map.Keys.SelectMany(keys.BrokenBy).Distinct().ToArray() is { Length: > 0 } broken)
        {
            violations.Add($"{{{string.Join(", ", map.Keys.Select(key => $"{key}=***"))}}}", Place(name),
                $"Map keys must satisfy constraint: [{string.Join(", ", broken)}]");
        }

        return map;
    }

    /// <summary>Numbers from 0 to 1 by name.</summary>
    public IReadOnlyDictionary<string, double>? Weights(string name, Constraint keys)
    {
        if (Member(name) is not { } member)
            return null;
        var weights = new Dictionary<string, double>();
        foreach (var one in Object(member).EnumerateObject())
        {
            if (one.Value.ValueKind != JsonValueKind.Number)
                throw WrongType(one.Value, "a Double");
            weights[Decoded(one)] = one.Value.GetDouble();
        }

        string[] broken =
        [
            .. weights.Keys.SelectMany(keys.BrokenBy).Distinct().Select(text => $"Map keys must satisfy constraint: [{text}]"),
            .. weights.Values.Any(weight => weight is < 0 or > 1) ? ["Map value must satisfy constraint: "
                + "[Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0]"] : (string[])[],
        ];
        if (broken.Length > 0)
            violations.Add($"{{{string.Join(", ", weights.Select(one => Invariant($"{one.Key}={one.Value}")))}}}", Place(name), broken[0]);
        return weights;
    }

    private static string Shown(IEnumerable<string> texts) => $"[{string.Join(", ", texts)}]";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string? PlainText(JsonElement? member) => member switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => Decoded(text),
        { } other => throw WrongType(other, "a String"),
    };

    // JSON may escape, or hold the bytes of, what is no text.
    private static string? Decoded(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            throw NoUnicode("text");
        }
    }

    private static string Decoded(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            throw NoUnicode("name");
        }
    }

    private static JsonElement Object(JsonElement member) =>
        member.ValueKind == JsonValueKind.Object ? member : throw WrongType(member, "a structure or map");

    private static LambdaException WrongType(JsonElement got, string wanted) => new(LambdaError.Serialization(got.ValueKind switch
    {
        JsonValueKind.Object => "Start of structure or map found where not expected.",
        JsonValueKind.Array => "Start of list found where not expected.",
        JsonValueKind.String => $"STRING_VALUE can not be converted to {wanted}",
        JsonValueKind.Number => $"NUMBER_VALUE can not be converted to {wanted}",
        JsonValueKind.True => $"TRUE_VALUE can not be converted to {wanted}",
        JsonValueKind.False => $"FALSE_VALUE can not be converted to {wanted}",
        _ => $"null can not be converted to {wanted}",
    }));

    private JsonElement[]? List(string name, int max)
    {
        if (Member(name) is not { } member)
            return null;
        if (member.ValueKind != JsonValueKind.Array)
            throw WrongType(member, "a list");
        JsonElement[] list = [.. member.EnumerateArray()];
        if (list.Length > max)
            violations.Add(member.GetRawText(), Place(name), Invariant($"Member must have length less than or equal to {max}"));
        return list;
    }

    private JsonElement? Member(string name)
    {
        try
        {
            return members.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;
        }
        catch (InvalidOperationException)
        {
            throw NoUnicode("name");
        }
    }

    private static LambdaException NoUnicode(string what) =>
        new(LambdaError.Serialization($"A {what} in the body is no proper Unicode."));

    private void Note(int number, string name, int min, int max)
    {
        if (number > max)
            violations.Add(number, Place(name), Invariant($"Member must have value less than or equal to {max}"));
        if (number < min)
            violations.Add(number, Place(name), Invariant($"Member must have value greater than or equal to {min}"));
    }

    // AWS's messages spell members with a small letter.
    private string Place(string name) => path + char.ToLowerInvariant(name[0]) + name[1..];
}
