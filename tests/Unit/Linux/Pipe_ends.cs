using System.Text;
using Thaw.Linux;

namespace Thaw.UnitTests.Linux;

public sealed class Pipe_ends : IDisposable
{
    private readonly List<FileDescriptor> opened = [];
    private readonly PipeEnds ends = new();

    public void Dispose()
    {
        ends.Dispose();
        opened.ForEach(one => one.Dispose());
    }

    [Fact]
    public void Are_empty_until_one_is_written_to_and_again_when_it_is_read()
    {
        var (first, second) = (Pipe(), Pipe());
        Assert.True(ends.AreEmpty());
        Write(second.Write);
        Assert.False(ends.AreEmpty());
        Assert.False(ends.AreEmpty());
        Read(second.Read);
        Assert.True(ends.AreEmpty());
        Write(first.Write);
        Assert.False(ends.AreEmpty());
    }

    [Fact]
    public void That_nobody_writes_to_any_more_are_empty_once_they_are_read()
    {
        var (read, write) = Pipe();
        Write(write);
        write.Dispose();
        Assert.False(ends.AreEmpty());
        Read(read);
        Assert.True(ends.AreEmpty());
    }

    [Fact]
    public void Are_not_taken_for_empty_when_too_many_have_ended_to_see_the_others()
    {
        for (var count = 0; count < 63; count++)
            Pipe().Write.Dispose();
        Assert.True(ends.AreEmpty());
        Pipe().Write.Dispose();
        Assert.False(ends.AreEmpty());
    }

    [Fact]
    public void Are_not_asked_any_more_once_they_are_removed_though_others_have_them_open()
    {
        var (read, write) = Pipe();
        using var theirs = File.OpenHandle($"/proc/self/fd/{read.Number}");
        Write(write);
        Assert.True(ends.TryRemove(read));
        Assert.False(ends.TryRemove(read));
        Assert.True(ends.AreEmpty());
    }

    [Fact]
    public void Are_pipes_for_a_file_cannot_be_asked()
    {
        var path = Path.GetTempFileName();
        using (var file = File.OpenHandle(path))
        {
            var descriptor = new FileDescriptor((int)file.DangerousGetHandle());
            Assert.False(ends.TryAdd(descriptor));
            descriptor.SetHandleAsInvalid();
        }

        File.Delete(path);
    }

    private (FileDescriptor Read, FileDescriptor Write) Pipe()
    {
        var pipe = FileDescriptor.Pipe();
        opened.AddRange([pipe.Read, pipe.Write]);
        Assert.True(ends.TryAdd(pipe.Read));
        return pipe;
    }

    private static void Write(FileDescriptor to)
    {
        using var stream = Stream(to, FileAccess.Write);
        stream.Write("line\n"u8);
    }

    private static void Read(FileDescriptor from)
    {
        using var stream = Stream(from, FileAccess.Read);
        var read = new byte[64];
        Assert.Equal("line\n", Encoding.ASCII.GetString(read, 0, stream.Read(read)));
    }

    private static FileStream Stream(FileDescriptor of, FileAccess access) =>
        new(new Microsoft.Win32.SafeHandles.SafeFileHandle(of.Number, ownsHandle: false), access, bufferSize: 0);
}
