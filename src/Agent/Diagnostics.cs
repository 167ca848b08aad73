using System.Text;
using Thaw.Linux;

namespace Thaw.Agent;

/// <summary>The last words of an agent that cannot go on, on the daemon's standard error.</summary>
internal static unsafe class Diagnostics
{
    internal static void Complain(string problem)
    {
        var line = Encoding.UTF8.GetBytes($"thaw-agent: {problem}\n");
        fixed (byte* text = line)
            _ = Syscalls.write(2, text, (nuint)line.Length);
    }
}
