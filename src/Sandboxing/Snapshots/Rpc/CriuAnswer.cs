namespace Thaw.Sandboxing.Snapshots.Rpc;

/// <summary>What CRIU says: the end of what it was asked for, or where it is on the way.</summary>
/// <param name="Success">Whether it has done what it was asked. Its message may be about something harmless then.</param>
/// <param name="Pid">The restored first process, as we count; 0 when this is about none.</param>
/// <param name="Notification">Where it is, and waits; null at the end.</param>
/// <param name="Message">What went wrong, in its words; may be empty.</param>
internal sealed record CriuAnswer(bool Success, int Pid, string? Notification, string Message)
{
    private const uint SuccessField = 2, RestoreField = 4, NotifyField = 5, MessageField = 9, VersionField = 10;

    /// <summary>Its version, when it was asked for that.</summary>
    internal Version? Version { get; private init; }

    /// <exception cref="FormatException">This is no answer of CRIU's.</exception>
    internal static CriuAnswer Read(ReadOnlySpan<byte> bytes)
    {
        var answer = new CriuAnswer(false, 0, null, "");
        var reader = new WireReader(bytes);
        while (reader.TryNext())
        {
            answer = reader.Field switch
            {
                SuccessField => answer with { Success = reader.Number != 0 },
                RestoreField => answer with { Pid = (int)Number(reader.Content, 1) },
                NotifyField => answer with { Notification = Text(reader.Content, 1), Pid = (int)Number(reader.Content, 2) },
                MessageField => answer with { Message = reader.Text },
                VersionField => answer with { Version = VersionIn(reader.Content) },
                _ => answer,
            };
        }

        return answer;
    }

    private static Version VersionIn(ReadOnlySpan<byte> message) =>
        new((int)Number(message, 1), (int)Number(message, 2), (int)Number(message, 4));

    private static ulong Number(ReadOnlySpan<byte> message, uint field)
    {
        var reader = new WireReader(message);
        while (reader.TryNext())
        {
            if (reader.Field == field)
                return reader.Number;
        }

        return 0;
    }

    private static string Text(ReadOnlySpan<byte> message, uint field)
    {
        var reader = new WireReader(message);
        while (reader.TryNext())
        {
            if (reader.Field == field)
                return reader.Text;
        }

        return "";
    }
}
