namespace Thaw.Store.Records;

/// <summary>A layer's name, and the highest version it has ever had: numbers are never used again.</summary>
public sealed record LayerRecord(string Name, int LastVersion);
