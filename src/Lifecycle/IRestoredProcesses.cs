namespace Thaw.Lifecycle;

/// <summary>What a snapshot has brought back: processes that do not know that they were away.</summary>
public interface IRestoredProcesses
{
    ParkedProcesses Parked { get; }

    /// <summary>From the decision to restore until they ran again.</summary>
    TimeSpan Took { get; }

    /// <summary>The process of a participant; null when it did not come back.</summary>
    IParticipantProcess? Find(string participant);

    /// <summary>Gives them their connections, each with the call that its process is parked in.</summary>
    void Reconnect();
}
