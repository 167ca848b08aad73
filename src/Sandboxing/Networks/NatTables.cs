namespace Thaw.Sandboxing.Networks;

/// <summary>The tables of all daemons here, by the program nft: each change is one transaction.</summary>
internal sealed class NatTables(HostProgram nft)
{
    private const string Table = "table inet ";

    /// <exception cref="SandboxException">There is no nft.</exception>
    internal static NatTables OfThisMachine() => new(HostProgram.Find("nft")
        ?? throw new SandboxException("There is no nft on this machine for the network of sandboxes (fix: apt-get install nftables)."));

    internal IReadOnlyList<NatTable> List() =>
    [
        .. Run("list tables inet\n").Split('\n')
            .Where(line => line.StartsWith(Table, StringComparison.Ordinal))
            .Select(line => NatTable.Parse(line[Table.Length..].Trim()))
            .OfType<NatTable>(),
    ];

    /// <summary>Takes away the dead ones' and adds one, or none.</summary>
    internal void Replace(IEnumerable<NatTable> old, string rules)
    {
        var script = string.Concat(old.Select(table => $"delete {Table}{table.Name}\n")) + rules;
        if (script.Length > 0)
            Run(script);
    }

    private string Run(string script)
    {
        var (status, output, error) = nft.Run(["-f", "-"], script);
        return status == 0 ? output : throw new SandboxException(
            $"nft refused the network of sandboxes: {error.Split('\n')[0]} (it takes root, and nftables in the kernel).");
    }
}
