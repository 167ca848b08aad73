using Thaw.Sandboxing.Snapshots;
using Thaw.Sandboxing.Snapshots.Connections;

namespace Thaw.UnitTests.Sandboxing.Snapshots;

/// <summary>A manifest with something in each of its members.</summary>
internal static class ManifestOfTest
{
    public static readonly TcpEnd End = new(9001, 40000, uint.MaxValue, 7, new byte[] { 1, 2, 3 }, 65483, 7, 0x70007, 99);

    public static readonly Manifest Whole = new()
    {
        Key = "a \"key\"",
        Taken = DateTimeOffset.UnixEpoch.AddMilliseconds(1),
        Circumstances = new("4.2.1", "6.18.0", "abc", "def"),
        FirstUser = 0x78000000,
        Mounts = ["/usr", "/a b"],
        TemporaryMegabytes = 512,
        Address = null,
        Memory = [new(9, "pages-1.img", [new(0x7f00_1234_5000, 0x2000, 3), new(0x55aa_0000_0000, 0, 1)])],
        Link = new(2, 17, [new(1, 8, "runtime", false), new(2, 9, "/opt/extensions/x", true)]),
        Control = End,
        Connections = [new(End, "GET / HTTP/1.1\r\n\r\n"u8.ToArray())],
        Files = [new("criu/pages-1.img", 4096, "00ff")],
    };
}
