namespace Thaw.Store.Records;

/// <summary>Taken and given back; no network is made of it.</summary>
public sealed record VpcSettings(IReadOnlyList<string> SubnetIds, IReadOnlyList<string> SecurityGroupIds, bool Ipv6AllowedForDualStack);
