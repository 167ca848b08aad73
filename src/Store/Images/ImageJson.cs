using System.Text.Json;

namespace Thaw.Store.Images;

/// <summary>Members of the documents of images; what is null there counts as missing.</summary>
internal static class ImageJson
{
    /// <exception cref="InvalidOperationException">This is no object.</exception>
    public static JsonElement? Member(this JsonElement from, string name) =>
        from.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;

    /// <exception cref="InvalidOperationException">It is no text.</exception>
    public static string? Text(this JsonElement from, string name) => from.Member(name)?.GetString();

    /// <exception cref="InvalidOperationException">It is no list of texts.</exception>
    public static IReadOnlyList<string>? Texts(this JsonElement from, string name) =>
        from.Member(name) is { } list ? [.. list.EnumerateArray().Select(one => one.GetString() ?? "")] : null;

    /// <exception cref="InvalidOperationException">It is no list.</exception>
    public static IReadOnlyList<JsonElement> Items(this JsonElement from, string name) =>
        from.Member(name) is { } list ? [.. list.EnumerateArray()] : [];
}
