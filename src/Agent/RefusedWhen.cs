namespace Thaw.Agent;

internal enum RefusedWhen
{
    Always,

    /// <summary>Always, as if this kernel had no such call: programs know what to do without it.</summary>
    Unknown,

    FirstArgumentIs,

    FirstArgumentHasAny,

    /// <summary>The argument has a bit for each number that is allowed; those from 32 on are refused.</summary>
    FirstArgumentIsNoneOf,
}
