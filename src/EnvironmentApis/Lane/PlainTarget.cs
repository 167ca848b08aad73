namespace Thaw.EnvironmentApis.Lane;

/// <summary>What a plain request asks for.</summary>
internal enum PlainTarget
{
    /// <summary>GET invocation/next.</summary>
    Next,

    /// <summary>GET restore/next: the first request of a clone's connection, if its runtime has hooks.</summary>
    RestoreNext,

    /// <summary>POST invocation/{id}/response.</summary>
    Response,
}
