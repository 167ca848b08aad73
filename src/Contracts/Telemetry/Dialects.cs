namespace Thaw.Contracts;

/// <summary>The dialects that we speak, the newest first.</summary>
public static class Dialects
{
    public static Dialect Newest { get; } = new()
    {
        Name = "2026-09",
        HasTimeoutType = true,
        ReportsStatus = true,
        HasFaultLines = false,
        BillsInit = true,
    };

    public static IReadOnlyList<Dialect> All { get; } =
    [
        Newest,
        new()
        {
            Name = "2024-12",
            HasTimeoutType = false,
            ReportsStatus = false,
            HasFaultLines = true,
            BillsInit = false,
        },
    ];

    /// <summary>Null when there is none of that name.</summary>
    public static Dialect? Find(string name) => All.FirstOrDefault(dialect => dialect.Name == name);
}
