namespace Thaw.Daemon.Events;

/// <summary>A file that gets a line with each message, whose own line ends become spaces: to JSON, they are the same.</summary>
internal sealed class FileDestination(string path) : IDestination
{
    public async Task SendAsync(DestinationMessage message, CancellationToken stop)
    {
        try
        {
            // One write of the whole line, at the end of whatever others have written.
            await using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            await file.WriteAsync(LineOf(message.Body.Span), stop);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new DestinationException(fault.Message, fault);
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
