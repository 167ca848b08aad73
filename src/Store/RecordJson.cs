using System.Text.Json.Serialization;
using Thaw.Store.Records;

namespace Thaw.Store;

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FunctionRecord))]
[JsonSerializable(typeof(VersionRecord))]
[JsonSerializable(typeof(AliasRecord))]
[JsonSerializable(typeof(EventInvokeRecord))]
[JsonSerializable(typeof(PolicyRecord))]
[JsonSerializable(typeof(RuntimeManagementRecord))]
[JsonSerializable(typeof(LayerRecord))]
[JsonSerializable(typeof(LayerVersionRecord))]
[JsonSerializable(typeof(CodeSigningConfigRecord))]
[JsonSerializable(typeof(QueuedEvent))]
internal sealed partial class RecordJson : JsonSerializerContext;
