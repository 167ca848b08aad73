using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Thaw.Store.Records;

namespace Thaw.Store;

/// <summary>All that Thaw keeps. A new kind of record is one line here.</summary>
public static class Tables
{
    private static readonly List<string> Known = [];

    /// <summary>By name, in one partition.</summary>
    public static readonly Table<FunctionRecord> Functions = Json("functions", one => new("", one.Name), RecordJson.Default.FunctionRecord);

    /// <summary><c>$LATEST</c> first, then by number.</summary>
    public static readonly Table<VersionRecord> Versions = Json(
        "versions", one => VersionKey(one.Function, one.Version), RecordJson.Default.VersionRecord);

    public static readonly Table<AliasRecord> Aliases = Json("aliases", one => new(one.Function, one.Name), RecordJson.Default.AliasRecord);

    public static readonly Table<EventInvokeRecord> EventInvokes = Json(
        "event_invokes", one => new(one.Function, one.Qualifier), RecordJson.Default.EventInvokeRecord);

    public static readonly Table<PolicyRecord> Policies = Json(
        "policies", one => new(one.Resource, one.Qualifier), RecordJson.Default.PolicyRecord);

    public static readonly Table<RuntimeManagementRecord> RuntimeManagements = Json(
        "runtime_managements", one => new(one.Function, one.Qualifier), RecordJson.Default.RuntimeManagementRecord);

    /// <summary>By name, in one partition.</summary>
    public static readonly Table<LayerRecord> Layers = Json("layers", one => new("", one.Name), RecordJson.Default.LayerRecord);

    public static readonly Table<LayerVersionRecord> LayerVersions = Json(
        "layer_versions", one => LayerVersionKey(one.Layer, one.Version), RecordJson.Default.LayerVersionRecord);

    public static readonly Table<CodeSigningConfigRecord> CodeSigningConfigs = Json(
        "code_signing_configs", one => new("", one.Id), RecordJson.Default.CodeSigningConfigRecord);

    /// <summary>Each function's queue, by due time.</summary>
    public static readonly Table<QueuedEvent> Events = Json("events", EventKey, RecordJson.Default.QueuedEvent);

    /// <summary>The names of all.</summary>
    public static IReadOnlyList<string> Names => Known;

    /// <summary>
    /// Where a version lies: zeros in front make the order of names that of numbers; <c>$</c> comes before them. Nothing lies where a text
    /// leads that names no version.
    /// </summary>
    public static RecordKey VersionKey(string function, string version) => new(
        function, version == VersionRecord.Latest ? version : VersionRecord.NumberOf(version) is { } number ? Digits(number) : "");

    /// <summary>Where a version of a layer lies.</summary>
    public static RecordKey LayerVersionKey(string layer, int version) => new(layer, Digits(version));

    /// <summary>Where an event lies, and what to list the later ones after.</summary>
    public static string EventName(long dueAt, long number) => string.Create(
        CultureInfo.InvariantCulture, $"{dueAt:D16}-{number:D19}");

    public static RecordKey EventKey(QueuedEvent waiting) => new(waiting.Function, EventName(waiting.DueAt, waiting.Number));

    private static string Digits(int number) => number.ToString("D10", CultureInfo.InvariantCulture);

    private static Table<TRecord> Json<TRecord>(string name, Func<TRecord, RecordKey> keyOf, JsonTypeInfo<TRecord> type)
        where TRecord : class
    {
        Known.Add(name);
        return new(name, keyOf, record => JsonSerializer.SerializeToUtf8Bytes(record, type), bytes => Read(name, bytes, type));
    }

    private static TRecord Read<TRecord>(string name, ReadOnlyMemory<byte> bytes, JsonTypeInfo<TRecord> type)
        where TRecord : class
    {
        try
        {
            return JsonSerializer.Deserialize(bytes.Span, type) ?? throw new StoreException($"a record of {name} is empty");
        }
        catch (JsonException broken)
        {
            throw new StoreException($"a record of {name} cannot be read: {broken.Message}", broken);
        }
    }
}
