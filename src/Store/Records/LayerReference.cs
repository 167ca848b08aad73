namespace Thaw.Store.Records;

/// <summary>A layer version that a function uses. It keeps its code even after the layer version is deleted.</summary>
public sealed record LayerReference(string Arn, CodeReference Code);
