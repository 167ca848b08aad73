namespace Thaw.DotnetRuntime;

/// <summary>
/// Invocations for nobody, before a snapshot is taken: what the first one makes .NET compile is in the snapshot then, and not in the first
/// answer of each clone.
/// <code>
///   loop --next, response--> RehearsalStage, a platform in this process
///    +--> Understudy, a handler of ours: the function's own is compiled, as far as that goes, and never called
/// </code>
/// </summary>
internal static class Rehearsal
{
    // From the second time on, reflection takes another way.
    private const int Times = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static void Hold(Handler handler)
    {
        var silence = Log.ToNobody();
        try
        {
            using var stage = new RehearsalStage();
            using var api = new RuntimeApi(stage.Authority, Patience);
            api.RestoreNext();
            foreach (var part in Understudy.Parts)
            {
                var loop = new InvocationLoop(api, Handler.Load(part, silence), silence);
                for (var time = 0; time < Times; time++)
                    loop.ServeNext();
            }

            handler.Prepare();
        }
        catch (Exception)
        {
            // Whatever it was, an invocation will say so if it matters, and if not, the first of each clone takes a little longer.
        }
    }
}
