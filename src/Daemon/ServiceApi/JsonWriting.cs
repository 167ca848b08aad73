using System.Text.Json;

namespace Thaw.Daemon.ServiceApi;

/// <summary>What answers are put together from. What is null is left away.</summary>
internal static class JsonWriting
{
    public static void WriteText(this Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
            json.WriteString(name, text);
    }

    public static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    public static void WriteMap(this Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> map) =>
        json.WriteObject(name, part =>
        {
            foreach (var (key, value) in map)
                part.WriteString(key, value);
        });

    public static void WriteObject(this Utf8JsonWriter json, string name, Action<Utf8JsonWriter> members)
    {
        json.WriteStartObject(name);
        members(json);
        json.WriteEndObject();
    }

    /// <summary>Nothing at all when there are none.</summary>
    public static void WriteObjects<T>(this Utf8JsonWriter json, string name, IReadOnlyList<T> all, Action<Utf8JsonWriter, T> members)
    {
        if (all.Count > 0)
            json.WriteList(name, all, members);
    }

    /// <summary>An empty list when there are none.</summary>
    public static void WriteList<T>(this Utf8JsonWriter json, string name, IEnumerable<T> all, Action<Utf8JsonWriter, T> members)
    {
        json.WriteStartArray(name);
        foreach (var one in all)
        {
            json.WriteStartObject();
            members(json, one);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
