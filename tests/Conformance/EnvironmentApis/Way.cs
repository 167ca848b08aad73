namespace Thaw.ConformanceTests.EnvironmentApis;

/// <summary>How requests reach the handlers.</summary>
public enum Way
{
    /// <summary>As they are: through the lane, as long as they are plain.</summary>
    Any,

    /// <summary>Through Kestrel, because every connection begins with a request that is not plain.</summary>
    Kestrel,
}
