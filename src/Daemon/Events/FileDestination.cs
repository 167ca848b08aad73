namespace Thaw.Daemon.Events;

/// <summary>A file that gets a line with each message.</summary>
internal sealed class FileDestination(string path) : IDestination
{
    public async Task SendAsync(DestinationMessage message, CancellationToken stop)
    {
        try
        {
            // One write of the whole line, at the end of whatever others have written.
            await using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            await file.WriteAsync((byte[])[.. message.Body.Span, (byte)'\n'], stop);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new DestinationException(fault.Message, fault);
        }
    }
}
