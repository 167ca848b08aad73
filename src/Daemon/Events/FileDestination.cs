namespace Thaw.Daemon.Events;

/// <summary>A file that gets a line with each message, whose own line ends become spaces: to JSON, they are the same.</summary>
/// <remarks>One for each file: appending is finding the end and then writing there, so two at once would write over each other.</remarks>
internal sealed class FileDestination(string path) : IDestination
{
    private readonly Lock turn = new();

    public Task SendAsync(DestinationMessage message, CancellationToken stop) => Task.Run(() => Append(LineOf(message.Body.Span)), stop);

    private void Append(byte[] line)
    {
        lock (turn)
        {
            try
            {
                // One write of the whole line, at the end of whatever others have written.
                using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
                file.Write(line);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                throw new DestinationException(fault.Message, fault);
            }
        }
    }

    private static byte[] LineOf(ReadOnlySpan<byte> body)
    {
        byte[] line = [.. body, (byte)'\n'];
        var text = line.AsSpan(..^1);
        text.Replace((byte)'\n', (byte)' ');
        text.Replace((byte)'\r', (byte)' ');
        return line;
    }
}
