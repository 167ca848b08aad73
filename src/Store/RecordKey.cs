namespace Thaw.Store;

/// <summary>Where a record lies in its table. Partition and name are compared byte by byte.</summary>
/// <param name="Partition">What belongs together, mostly a function's name; empty where nothing does.</param>
/// <param name="Name">Unique in its partition, and its place in the order.</param>
public readonly record struct RecordKey(string Partition, string Name);
