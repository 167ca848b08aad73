using System.Globalization;

namespace Thaw.Daemon.ServiceApi.Requests;

/// <summary>Which part of a list a caller wants; spec (service) 1.8.</summary>
/// <param name="After">The <c>NextMarker</c> of the part before; null for the beginning.</param>
internal sealed record Page(string? After, int Count)
{
    /// <summary>However many a caller asks for.</summary>
    public const int MaxCount = 50;

    /// <param name="max">The most that a caller may say.</param>
    public static Page Of(ServiceCall call, int max)
    {
        var count = MaxCount;
        if (call.Query("MaxItems") is { } text)
        {
            if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out count))
                throw new LambdaException(LambdaError.Serialization($"MaxItems is a number, not {text}"));
            if (count < 1)
                call.Violations.Add(count, "maxItems", "Member must have value greater than or equal to 1");
            if (count > max)
                call.Violations.Add(count, "maxItems", $"Member must have value less than or equal to {max}");
        }

        call.MustBeValid();
        return new Page(call.Query("Marker"), Math.Min(count, MaxCount));
    }
}
