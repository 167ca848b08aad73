namespace Thaw.Store.Records;

/// <summary>Taken and given back; nothing is mounted.</summary>
public sealed record FileSystemSettings(string Arn, string LocalMountPath);
