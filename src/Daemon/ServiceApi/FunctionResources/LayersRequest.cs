using System.Globalization;
using Thaw.Contracts;
using Thaw.Daemon.ServiceApi.Requests;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.FunctionResources;

/// <summary>The layers of a function: names that a request brings, and what they lead to; spec (service) 4.1.</summary>
internal static class LayersRequest
{
    private const int MaxLayers = 5;

    /// <summary>Null when the request says nothing of layers.</summary>
    public static IReadOnlyList<string>? Read(Members body) => body.Texts("Layers", constraint: Constraints.LayerVersionArn);

    /// <exception cref="LambdaException">They are too many, or not there, or two are versions of one layer.</exception>
    public static IReadOnlyList<LayerReference> Find(IStoreReader view, IReadOnlyList<string> arns)
    {
        if (arns.Count > MaxLayers)
            throw LambdaException.InvalidParameterValue($"Cannot reference more than {MaxLayers} layers.");
        foreach (var twice in arns.GroupBy(LayerOf).Where(versions => versions.Count() > 1))
        {
            throw LambdaException.InvalidParameterValue(
                "Two different versions of the same layer are not allowed to be referenced in the same function. "
                + $"{string.Join(" and ", twice)}.");
        }

        return [.. arns.Select(arn => new LayerReference(arn, Version(view, arn).Code))];
    }

    /// <summary>Refuses a function whose files are too many together with its layers'.</summary>
    public static void MustFit(CodeReference code, IReadOnlyList<LayerReference> layers)
    {
        var bytes = code.UnpackedSize + layers.Sum(layer => layer.Code.UnpackedSize);
        if (bytes >= Limits.UnzippedCodeBytes)
        {
            throw LambdaException.InvalidParameterValue(string.Create(CultureInfo.InvariantCulture,
                $"Function code combined with layers exceeds the maximum allowed size of {Limits.UnzippedCodeBytes} bytes. "
                + $"The actual size is {bytes} bytes."));
        }
    }

    // Region and account are ours, whatever it said.
    private static LayerVersionRecord Version(IStoreReader view, string arn)
    {
        var number = arn[(arn.LastIndexOf(':') + 1)..];
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            && view.Find(Tables.LayerVersions, Tables.LayerVersionKey(LayerOf(arn).Split(':')[^1], version)) is { } found
            ? found
            : throw LambdaException.InvalidParameterValue($"Layer version {arn} does not exist.");
    }

    private static string LayerOf(string arn) => arn[..arn.LastIndexOf(':')];
}
