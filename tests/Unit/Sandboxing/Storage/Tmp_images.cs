using Microsoft.Extensions.Time.Testing;
using Thaw.Linux;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Storage;
using Thaw.Testing;

namespace Thaw.UnitTests.Sandboxing.Storage;

/// <summary>The pool alone: its images are of air.</summary>
public sealed class Tmp_images : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider time = new();
    private readonly List<SandboxException> failures = [];
    private readonly Lock gate = new();
    private readonly List<Template> templates = [];
    private volatile bool broken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Are_made_ready_as_many_as_were_asked_for()
    {
        await using var images = Images(ready: 3);
        using var first = await images.TakeAsync(512);
        await EventuallyAsync(() => Made() == 4);

        using var second = await images.TakeAsync(512);
        await EventuallyAsync(() => Made() == 5);
        Assert.Equal((512, 512), (first.Megabytes, second.Megabytes));
        Assert.Single(templates);
    }

    [Fact]
    public async Task Are_made_up_for_after_a_rest()
    {
        await using var images = Images(ready: 1, refillAfter: TimeSpan.FromSeconds(1));
        using var taken = await images.TakeAsync(512);
        Assert.Equal(1, Made());

        await EventuallyAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return Made() == 2;
        });
    }

    [Fact]
    public async Task Are_ready_before_the_first_is_wanted_where_somebody_said_so()
    {
        await using var images = Images(ready: 2);
        images.Prepare(1024);

        await EventuallyAsync(() => Made() == 2);
        Assert.Equal(1024, Assert.Single(templates).Megabytes);
    }

    [Fact]
    public async Task Are_made_one_by_one_when_none_shall_be_ready()
    {
        await using var images = Images(ready: 0);
        (await images.TakeAsync(512)).Dispose();
        (await images.TakeAsync(512)).Dispose();

        Assert.Equal(2, Made());
    }

    [Fact]
    public async Task Of_the_size_that_was_wanted_longest_ago_make_room_for_another()
    {
        await using var images = Images(ready: 1, sizes: 2);
        foreach (var size in new[] { 512, 600, 512, 700 })
            (await images.TakeAsync(size)).Dispose();

        Assert.Equal([(512, false), (600, true), (700, false)], templates.Select(one => (one.Megabytes, one.Disposed)));
    }

    [Theory, InlineData(511), InlineData(10_241)]
    public async Task Have_bounds(int megabytes)
    {
        await using var images = Images(ready: 0);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await images.TakeAsync(megabytes));
    }

    [Fact]
    public async Task That_cannot_be_made_ready_are_told_of_once_and_tried_again_later()
    {
        broken = true;
        await using var images = Images(ready: 1);
        images.Prepare(512);
        await EventuallyAsync(() => failures.Count == 1);
        await Assert.ThrowsAsync<SandboxException>(async () => await images.TakeAsync(512));

        broken = false;
        await EventuallyAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            return Made() == 1;
        });
        Assert.Single(failures);
    }

    [Fact]
    public async Task Are_all_given_back_at_the_end()
    {
        var images = Images(ready: 2);
        var taken = await images.TakeAsync(512);
        await EventuallyAsync(() => Made() == 3);
        await images.DisposeAsync();

        Assert.True(templates[0].Disposed);
        Assert.All(templates[0].Images, image => Assert.Equal(image != taken, image.Mount.IsClosed));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await images.TakeAsync(512));
        taken.Dispose();
    }

    [Fact]
    public async Task That_wait_for_a_next_attempt_do_not_hold_up_the_end()
    {
        broken = true;
        var images = Images(ready: 1);
        images.Prepare(512);
        await EventuallyAsync(() => failures.Count == 1);

        await images.DisposeAsync().AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Are_given_up_where_the_machine_can_make_none_whatever_room_there_is()
    {
        broken = true;
        await using (var images = Images(ready: 0))
            await Assert.ThrowsAsync<SandboxException>(images.TryAsync);
        await using (var images = Images(ready: 1, leastFreeBytes: long.MaxValue))
            await Assert.ThrowsAsync<SandboxException>(images.TryAsync);
        Assert.Empty(failures);

        broken = false;
        await using var good = Images(ready: 0);
        await good.TryAsync();
        Assert.True(Assert.Single(Assert.Single(templates).Images).Mount.IsClosed);
    }

    private static async Task EventuallyAsync(Func<bool> holds)
    {
        for (var end = DateTime.UtcNow + Patience; !holds(); await Task.Delay(1, TestContext.Current.CancellationToken))
            Assert.True(DateTime.UtcNow < end);
    }

    private int Made()
    {
        lock (gate)
            return templates.Sum(one => one.Images.Count);
    }

    private TmpImages Images(int ready, int sizes = 4, long leastFreeBytes = 0, TimeSpan refillAfter = default) => new(
        new() { Directory = folder.Path, Ready = ready, Sizes = sizes, LeastFreeBytes = leastFreeBytes, RefillAfter = refillAfter },
        time,
        failures.Add,
        megabytes =>
        {
            if (broken)
                throw new SandboxException("no loop device");
            var template = new Template(megabytes, gate);
            lock (gate)
                templates.Add(template);
            return template;
        });

    private sealed class Template(int megabytes, Lock gate) : ITmpTemplate
    {
        public int Megabytes => megabytes;

        public List<TmpImage> Images { get; } = [];

        public bool Disposed { get; private set; }

        public TmpImage Copy()
        {
            var image = new TmpImage(FileDescriptor.Event(), megabytes);
            lock (gate)
                Images.Add(image);
            return image;
        }

        public void Dispose() => Disposed = true;
    }
}
