namespace Thaw.Store.Records;

/// <summary>When a version's runtime is to be updated: <c>Auto</c>, <c>FunctionUpdate</c> or <c>Manual</c>. Taken and given back.</summary>
public sealed record RuntimeManagementRecord(string Function, string Qualifier, string UpdateRuntimeOn, string? RuntimeVersionArn);
