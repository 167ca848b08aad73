namespace Thaw.Store;

/// <summary>A finished change has touched a partition of a table.</summary>
public readonly record struct StoreChange(string Table, string Partition);
