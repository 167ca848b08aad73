using System.Runtime.InteropServices;
using Thaw.Linux;
using Thaw.Sandboxing.Snapshots.Memory;
using Thaw.Sandboxing.Snapshots.Rpc;
using Thaw.Testing;

namespace Thaw.UnitTests.Sandboxing.Snapshots;

/// <summary>What is taken out of CRIU's images, which here are written by hand.</summary>
public sealed class Memory_of_a_snapshot : IDisposable
{
    private const int MapAnonymous = 0x20, Page = PageRun.PageBytes, Process = 9, Thread = 10, Child = 20;
    private const ulong Anonymous = 0x201, Private = 0x41, Vdso = 0x209, Heap = 0x221;

    private readonly TemporaryFolder folder = new();
    private readonly MemoryStream pages = new();
    private readonly List<WireWriter> entries = [];
    private readonly WireWriter space = new();
    private ulong sequence;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Is_all_that_is_plain_and_something()
    {
        Area(0x10000, 3, Anonymous).Area(0x13000, 1, Private).Area(0x20000, 2, Heap);
        Pages(0x10000, 1, 2).Pages(0x12000, 3, 4).Pages(0x21000, 5);

        var memory = Assert.Single(Take());

        Assert.Equal((Process, "pages-4.img"), (memory.Process, memory.File));
        Assert.Equal([new(0x10000, 0, 4), new(0x21000, 4 * Page, 1)], memory.Runs);
        Assert.Empty(Left());
    }

    [Fact]
    public void Has_no_pages_of_nothing_but_where_a_file_would_shine_through()
    {
        Area(0x10000, 3, Anonymous).Area(0x20000, 1, Private);
        Pages(0x10000, 1, 0, 3).Pages(0x20000, 0);

        Assert.Equal([new(0x10000, 0, 1), new(0x12000, 2 * Page, 1), new(0x20000, 3 * Page, 1)], Take()[0].Runs);
    }

    [Fact]
    public void Leaves_to_criu_what_the_kernel_has_a_part_in()
    {
        // The page of the kernel's own, and the pages where it tells a thread which processor it runs on.
        Area(0x10000, 4, Anonymous).Area(0x20000, 1, Vdso);
        sequence = 0x12fe0 + 0x10;
        Pages(0x10000, 1, 2, 3, 4).Pages(0x20000, 5);

        Assert.Equal([new(0x10000, 0, 2)], Take()[0].Runs);
        Assert.Equal([(0x12000UL, 3), (0x13000UL, 4), (0x20000UL, 5)], Left());
    }

    [Fact]
    public void Leaves_to_criu_what_a_process_has_in_common_with_its_parent()
    {
        // The child has two areas of its parent's, of which one has grown since, and one of its own.
        Area(0x10000, 2, Anonymous).Area(0x20000, 2, Anonymous).Area(0x40000, 1, Anonymous);
        Pages(0x10000, 1, 2).Pages(0x20000, 3, 4).Pages(0x40000, 5);
        var child = new WireWriter();
        Add(child, 0x10000, 2, Anonymous);
        Add(child, 0x20000, 3, Anonymous);
        Add(child, 0x50000, 1, Anonymous);

        var memory = Take(child);

        Assert.Equal([new(0x20000, 2 * Page, 2), new(0x40000, 4 * Page, 1)], memory[0].Runs);
        Assert.Equal([(0x10000UL, 1), (0x11000UL, 2)], Left());
        Assert.Equal([new(0x50000, 2 * Page, 1)], memory[1].Runs);
    }

    [Fact]
    public void Is_not_guessed_at()
    {
        Area(0x10000, 1, Anonymous);
        Pages(0x30000, 1);

        Assert.Throws<FormatException>(() => Take());
        File.WriteAllBytes(In("pagemap-9.img"), [1, 2, 3]);
        Assert.Throws<FormatException>(() => ProcessMemory.TakeFrom(folder.Path));
    }

    [Fact]
    public void Comes_into_a_process_from_outside()
    {
        // Ours: it is as good as any.
        File.WriteAllBytes(In("pages"), [.. Filled(1), .. Filled(2), .. Filled(3)]);
        var bytes = GC.AllocateArray<byte>(3 * Page, pinned: true);
        var address = (ulong)Marshal.UnsafeAddrOfPinnedArrayElement(bytes, 0);

        BringBack(new(address + Page, 0, 1), new(address, 2 * Page, 1));

        Assert.Equal([.. Filled(3), .. Filled(1), .. Filled(0)], bytes);
        Assert.Throws<EndOfStreamException>(() => BringBack(new PageRun(address, 2 * Page, 2)));

        void BringBack(params PageRun[] runs) =>
            new ProcessMemory(1, "pages", runs).BringBack(folder.Path, Environment.ProcessId, CancellationToken.None);
    }

    [Fact]
    public void Comes_also_to_where_the_process_may_only_read()
    {
        File.WriteAllBytes(In("pages"), [.. Filled(1), .. Filled(2)]);
        var memory = Syscalls.mmap(0, 2 * Page, Syscalls.PROT_READ, Syscalls.MAP_PRIVATE | MapAnonymous, -1, 0);

        new ProcessMemory(1, "pages", [new((ulong)memory, Page, 1), new((ulong)memory + Page, 0, 1)])
            .BringBack(folder.Path, Environment.ProcessId, CancellationToken.None);

        Assert.Equal([2, 1], (byte[])[Marshal.ReadByte(memory), Marshal.ReadByte(memory, Page)]);
        Assert.Equal(0, Syscalls.munmap(memory, 2 * Page));
    }

    [Fact]
    public void Does_not_wait_for_a_process_that_has_died()
    {
        using var sleep = System.Diagnostics.Process.Start("/bin/sleep", "1000")!;
        sleep.Kill();
        sleep.WaitForExit();
        File.WriteAllBytes(In("pages"), Filled(1));

        var failure = Record.Exception(
            () => new ProcessMemory(1, "pages", [new(0x10000, 0, 1)]).BringBack(folder.Path, sleep.Id, CancellationToken.None));
        Assert.True(failure is IOException or LinuxException);
    }

    [Fact]
    public void Is_not_brought_back_when_that_has_come_to_an_end()
    {
        File.WriteAllBytes(In("pages"), Filled(1));
        Assert.ThrowsAny<OperationCanceledException>(() => new ProcessMemory(1, "pages", [new(0x10000, 0, 1)])
            .BringBack(folder.Path, Environment.ProcessId, new CancellationToken(canceled: true)));
    }

    private static byte[] Filled(byte value)
    {
        var page = new byte[Page];
        page.AsSpan().Fill(value);
        return page;
    }

    private string In(string name) => Path.Combine(folder.Path, name);

    private Memory_of_a_snapshot Area(ulong start, int count, ulong status)
    {
        Add(space, start, count, status);
        return this;
    }

    private static void Add(WireWriter space, ulong start, int count, ulong status) =>
        space.Message(14, new WireWriter().Number(1, start).Number(2, start + (ulong)(count * Page)).Number(7, status));

    private Memory_of_a_snapshot Pages(ulong address, params byte[] contents)
    {
        entries.Add(new WireWriter().Number(1, address).Number(2, 0).Number(4, 4).Number(5, (ulong)contents.Length));
        foreach (var content in contents)
            pages.Write(Filled(content));
        return this;
    }

    private IReadOnlyList<ProcessMemory> Take(WireWriter? spaceOfChild = null)
    {
        WireWriter[] processes = [new WireWriter().Number(1, Process).Number(2, 1).Number(5, Process).Number(5, Thread)];
        if (spaceOfChild is not null)
        {
            processes = [.. processes, new WireWriter().Number(1, Child).Number(2, Process).Number(5, Child)];
            Write("mm-20.img", spaceOfChild);
            Write("core-20.img", new WireWriter().Number(1, 1));
            var pagesOfChild = new WireWriter().Number(1, 0x10000).Number(2, 0).Number(4, 4).Number(5, 2);
            var ownPage = new WireWriter().Number(1, 0x50000).Number(2, 0).Number(4, 4).Number(5, 1);
            Write("pagemap-20.img", new WireWriter().Number(1, 5), pagesOfChild, ownPage);
            File.WriteAllBytes(In("pages-5.img"), [.. Filled(1), .. Filled(2), .. Filled(6)]);
        }

        Write("pstree.img", processes);
        Write("mm-9.img", space);
        Write("core-9.img", new WireWriter().Number(1, 1));
        var restartable = new WireWriter().Number(1, sequence).Number(2, 32);
        Write("core-10.img", sequence == 0 ? new() : new WireWriter().Message(5, new WireWriter().Number(3, 0).Message(15, restartable)));
        Write("pagemap-9.img", [new WireWriter().Number(1, 4), .. entries]);
        File.WriteAllBytes(In("pages-4.img"), pages.ToArray());
        return ProcessMemory.TakeFrom(folder.Path);
    }

    private void Write(string name, params WireWriter[] records) =>
        ImageRecords.Write(In(name), "magic..."u8.ToArray(), records.Select(record => record.Bytes));

    // What CRIU would find, page by page.
    private List<(ulong Address, byte Content)> Left()
    {
        var records = ImageRecords.Read(In("pagemap-9.img"), out var magic);
        Assert.Equal("magic..."u8.ToArray(), magic.ToArray());
        var head = new WireReader(records[0].Span);
        Assert.True(head.TryNext());
        var content = File.ReadAllBytes(In($"pages-{head.Number}.img"));
        var (left, at) = (new List<(ulong, byte)>(), 0);
        foreach (var record in records.Skip(1))
        {
            var (address, count) = (0UL, 0UL);
            var fields = new WireReader(record.Span);
            while (fields.TryNext())
            {
                if (fields.Field == 1)
                    address = fields.Number;
                else if (fields.Field == 5)
                    count = fields.Number;
            }

            for (var i = 0UL; i < count; i++, at += Page)
                left.Add((address + (i * Page), content[at]));
        }

        Assert.Equal(content.Length, at);
        return left;
    }
}
