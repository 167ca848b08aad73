using System.Buffers;

namespace Thaw.UnitTests.Telemetry;

/// <summary>That something writes without an allocation, once it has run.</summary>
internal static class NoObjects
{
    public static void AreMadeBy(Action<IBufferWriter<byte>> write)
    {
        var to = new ArrayBufferWriter<byte>(1024 * 1024);
        write(to);
        to.ResetWrittenCount();
        var before = GC.GetAllocatedBytesForCurrentThread();
        write(to);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
