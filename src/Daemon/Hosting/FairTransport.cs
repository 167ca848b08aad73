using System.IO.Pipelines;
using Thaw.EnvironmentApis.Lane;
using Thaw.EnvironmentApis.Sockets;

namespace Thaw.Daemon.Hosting;

/// <summary>A caller's connection, read so that no caller keeps a thread for itself.</summary>
/// <param name="received">What has come before.</param>
internal sealed class FairTransport(IDuplexPipe socket, ReadOnlyMemory<byte> received) : IDuplexPipe
{
    public PipeReader Input { get; } = new FairInput(new HandedOverInput(received, socket.Input));

    public PipeWriter Output => socket.Output;
}
