using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Thaw.Linux;

/// <summary>A port of 127.0.0.1 as the kernel wants it: a <c>struct sockaddr_in</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct LoopbackAddress(int port)
{
    internal const uint Bytes = 16;

    private readonly ushort family = Syscalls.AF_INET;
    private readonly ushort port = Network((ushort)port);
    private readonly uint address = Network(0x7f00_0001);
    private readonly ulong nothing = 0;

    private static ushort Network(ushort number) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(number) : number;

    private static uint Network(uint number) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(number) : number;
}
