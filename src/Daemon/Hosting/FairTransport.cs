using System.IO.Pipelines;
using Thaw.EnvironmentApis.Sockets;

namespace Thaw.Daemon.Hosting;

/// <summary>A caller's connection, read so that no caller keeps a thread for itself.</summary>
internal sealed class FairTransport(IDuplexPipe socket) : IDuplexPipe
{
    public PipeReader Input { get; } = new FairInput(socket.Input);

    public PipeWriter Output => socket.Output;
}
