using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Thaw.Linux;
using Thaw.Store.Archive;
using Thaw.Testing;

namespace Thaw.UnitTests.Store.Images;

/// <summary>An image that is unpacked where there is not enough room for it.</summary>
public sealed class Image_without_room
{
    [Fact]
    public async Task Leaves_nothing_and_says_what_to_do()
    {
        Assert.SkipUnless(Syscalls.geteuid() == 0, "only root mounts a small disk");
        using var folder = new TemporaryFolder();
        var image = new WrittenImage()
            .WithLayer(tar => tar.File("small", "1"))
            .WithLayer(tar => tar.Folder("d").File("d/large", RandomNumberGenerator.GetBytes(4 * 1024 * 1024)), gzip: false)
            .ToLayout(Path.Combine(folder.Path, "image"));
        var disk = Directory.CreateDirectory(Path.Combine(folder.Path, "disk")).FullName;
        var options = Marshal.StringToCoTaskMemUTF8("size=1m");
        Assert.Equal(0, Syscalls.mount("none", disk, "tmpfs", 0, options));
        try
        {
            using var archive = new CodeArchive(Path.Combine(disk, "code"));
            using var held = await archive.AddImageAsync(image, "x86_64");
            var refusal = await Assert.ThrowsAsync<UnusableCodeException>(() => archive.ImageOfAsync(held.Code));
            Assert.Equal("InternalError", refusal.ReasonCode);
            Assert.Equal(
                $"The image cannot be unpacked in {disk}/code: there is no room left. Make room, and deploy it again.", refusal.Message);
            Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(disk, "code")));
        }
        finally
        {
            Assert.Equal(0, Syscalls.umount2(disk, Syscalls.MNT_DETACH));
            Marshal.FreeCoTaskMem(options);
        }
    }
}
