using System.Buffers;
using Thaw.Contracts;

namespace Thaw.Telemetry.Records;

/// <summary>Writes the members of one JSON object. What there is nothing to say of is left out; names need no escapes.</summary>
internal ref struct JsonObject
{
    private readonly IBufferWriter<byte> to;
    private bool hasMembers;

    public JsonObject(IBufferWriter<byte> to)
    {
        this.to = to;
        to.Write("{"u8);
    }

    public readonly void End() => to.Write("}"u8);

    public void Text(ReadOnlySpan<byte> name, string? value)
    {
        if (value is null)
            return;
        Name(name);
        JsonText.Write(value, to);
    }

    /// <summary>A word of ours, which has no letter that would have to be escaped.</summary>
    public void Word(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name(name);
        to.Write("\""u8);
        to.Write(value);
        to.Write("\""u8);
    }

    public void Type(ErrorType? value) => Text("errorType"u8, value?.Name);

    public void Time(ReadOnlySpan<byte> name, DateTimeOffset value)
    {
        Name(name);
        to.Write("\""u8);
        to.Time(value);
        to.Write("\""u8);
    }

    public void Whole(ReadOnlySpan<byte> name, long? value)
    {
        if (value is not { } number)
            return;
        Name(name);
        to.Whole(number);
    }

    /// <param name="places">2 or 3 decimals.</param>
    public void Milliseconds(ReadOnlySpan<byte> name, TimeSpan? value, int places = 3)
    {
        if (value is not { } duration)
            return;
        Name(name);
        to.JsonMilliseconds(duration, places);
    }

    public void Texts(ReadOnlySpan<byte> name, IReadOnlyList<string> values)
    {
        Name(name);
        to.Write("["u8);
        for (var at = 0; at < values.Count; at++)
        {
            if (at > 0)
                to.Write(","u8);
            JsonText.Write(values[at], to);
        }

        to.Write("]"u8);
    }

    /// <summary>The value is for the caller to write.</summary>
    public void Name(ReadOnlySpan<byte> name)
    {
        to.Write(hasMembers ? ",\""u8 : "\""u8);
        hasMembers = true;
        to.Write(name);
        to.Write("\":"u8);
    }

    public JsonObject Object(ReadOnlySpan<byte> name)
    {
        Name(name);
        return new JsonObject(to);
    }
}
