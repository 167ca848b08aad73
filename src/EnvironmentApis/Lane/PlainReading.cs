namespace Thaw.EnvironmentApis.Lane;

/// <summary>What stands at the front of the bytes that a client has sent so far.</summary>
public enum PlainReading
{
    /// <summary>The beginning of what may become a plain request: the end of its head is not here yet.</summary>
    Incomplete,

    /// <summary>The whole head of a plain request.</summary>
    Plain,

    /// <summary>Anything else.</summary>
    Other,
}
