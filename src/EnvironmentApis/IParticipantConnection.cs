using Thaw.Lifecycle.Calls;

namespace Thaw.EnvironmentApis;

/// <summary>Whose connection it is on which a call came, so that no request needs a look-up and no header is trusted.</summary>
internal interface IParticipantConnection
{
    EnvironmentEndpoint Endpoint { get; }

    /// <summary>The lifecycle's door for the generation that was alive when this connection was accepted.</summary>
    ParticipantCalls Calls { get; }

    /// <summary>Fires when the client has closed its end, or the connection is broken or aborted.</summary>
    CancellationToken HungUp { get; }

    /// <summary>Ends the connection at once: there is nobody to answer.</summary>
    void Abort();
}
