namespace Thaw.Daemon.Logs;

/// <summary>What an entry in a segment is. The first three are those of <see cref="Telemetry.Lines.LogSource"/>.</summary>
internal enum EntryKind : byte
{
    Platform = 1,
    Function,
    Extension,

    /// <summary>From here on the stream belongs to the request that the message names. Nobody is shown this.</summary>
    RequestBegan = 16,

    /// <summary>It belongs to none again.</summary>
    RequestEnded = 17,
}
