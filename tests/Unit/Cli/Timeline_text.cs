using Thaw.Cli.Timelines;
using Thaw.Contracts;

namespace Thaw.UnitTests.Cli;

public sealed class Timeline_text
{
    [Fact]
    public void Draws_one_row_per_phase_and_participant_to_scale_with_milliseconds()
    {
        ShouldDraw(EventStory.ColdStart(), 80, """
              Timeline             0                                                340.0 ms
              Init       200.0 ms  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
              Invoke     100.0 ms                                    ━━━━━━━━━━━━━━━━
              Shutdown    40.0 ms                                                    ━━━━━━━
              runtime    210.0 ms       ███████████████████████████████████············
              metrics    189.0 ms  ██████████························████████████████··█████
              █ at work  · waiting  one cell is 5.96 ms
            """);
    }

    [Fact]
    public void Uses_ascii_where_the_locale_is_not_utf_8()
    {
        ShouldDraw(EventStory.ColdStart(), 60, """
              Timeline             0                            340.0 ms
              Init       200.0 ms  ======================
              Invoke     100.0 ms                        ===========
              Shutdown    40.0 ms                                   ====
              runtime    210.0 ms     #######################........
              metrics    189.0 ms  #######...............###########.###
              # at work  . waiting  one cell is 9.19 ms
            """, blocks: false);
    }

    [Fact]
    public void Shows_a_reset_and_a_suppressed_init_inside_their_invoke_and_lists_what_failed()
    {
        ShouldDraw(TimeoutThenCrash(), 100, """
              Timeline                        0                                                          1256 ms
              Init                  100.0 ms  ━━━━━
            ✗ Invoke 1               1002 ms       ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
                Reset                2.00 ms                                                            ━
            ✗ Invoke 2              145.0 ms                                                            ━━━━━━━━
                Init (suppressed)    90.0 ms                                                            ━━━━━
              Shutdown               1.00 ms                                                                   ━
            ✗ runtime                1240 ms  █████████████████████████████████████████████████████████████████✗
              █ at work  · waiting  one cell is 19.0 ms
            ✗ Invoke 1: timeout, Sandbox.Timedout, after 1002 ms
            ✗ runtime: exit status 1 at 1250 ms
            ✗ Invoke 2: error, Runtime.ExitError, after 145.0 ms
            """);
    }

    [Fact]
    public void Cuts_the_time_between_snapshot_and_restore_short_and_says_so()
    {
        var story = new EventStory()
            .Begins(0, Phase.Init).Does(1, "runtime", ParticipantStep.Started)
            .Does(300, "runtime", ParticipantStep.Ready).Ends(300, Phase.Init)
            .Begins(2300, Phase.Restore).Does(2310, "runtime", ParticipantStep.Woken)
            .Does(2330, "runtime", ParticipantStep.Ready).Ends(2330, Phase.Restore)
            .Begins(2331, Phase.Invoke).Does(2331, "runtime", ParticipantStep.Woken)
            .Does(2340, "runtime", ParticipantStep.Ready).Ends(2340, Phase.Invoke)
            .Begins(2340, Phase.Shutdown).Does(2341, "runtime", ParticipantStep.Gone).Ends(2341, Phase.Shutdown);
        ShouldDraw(story, 80, """
              Timeline             0                                       2341 ms, gaps cut
              Init       300.0 ms  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
              Restore     30.0 ms                                                    ━━━━━
              Invoke      9.00 ms                                                         ━━
              Shutdown    1.00 ms                                                          ━
              runtime    328.0 ms  ████████████████████████████████████████████████····█████
              █ at work  · waiting  one cell is 6.28 ms
            """);
    }

    [Fact]
    public void Leaves_out_the_middle_of_many_invokes_but_never_one_that_failed()
    {
        var story = new EventStory();
        for (var i = 0; i < 40; i++)
            story.Begins(i * 2, Phase.Invoke).Ends((i * 2) + 1.5, Phase.Invoke, i == 20 ? PhaseStatus.Error : PhaseStatus.Success);

        var lines = Draw(story, new(80, Color: false, Blocks: true));
        Assert.Contains("  … 27 more invokes, 1.50 ms to 1.50 ms each", lines);
        Assert.Contains(lines, line => line.StartsWith("✗ Invoke 21 ", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("  Invoke 20 ", StringComparison.Ordinal));
    }

    [Fact]
    public void Paints_failures_red_and_each_phase_in_its_own_colour_only_when_asked()
    {
        var painted = Draw(TimeoutThenCrash(), new(100, Color: true, Blocks: true));
        Assert.Contains(painted, line => line.StartsWith("\u001b[31m✗ Invoke 1 ", StringComparison.Ordinal));
        Assert.Contains(painted, line => line.Contains("\u001b[34m━", StringComparison.Ordinal));
        Assert.DoesNotContain(Draw(TimeoutThenCrash(), new(100, Color: false, Blocks: true)), line => line.Contains('\u001b'));
    }

    [Fact]
    public void Fits_every_width_from_60_to_200()
    {
        var story = TimeoutThenCrash().Does(
            1260, "an-extension-with-a-name-that-is-far-too-long-for-any-column", ParticipantStep.Gone, "exit status 1");
        for (var width = TimelineStyle.MinWidth; width <= TimelineStyle.MaxWidth; width++)
            Assert.All(Draw(story, new(width, Color: false, Blocks: true)), line => Assert.InRange(line.Length, 1, width));
    }

    [Fact]
    public void Survives_a_life_that_ends_in_the_middle_of_a_phase_or_takes_no_time()
    {
        Assert.Null(Timeline.Of([]));
        Assert.NotEmpty(Draw(new EventStory().Begins(0, Phase.Init), new(80, false, true)));
        Assert.NotEmpty(Draw(new EventStory().Does(0, "runtime", ParticipantStep.Gone, "no bootstrap"), new(80, false, true)));
        var cut = Draw(new EventStory().Begins(0, Phase.Init).Does(5, "runtime", ParticipantStep.Started), new(80, false, true));
        Assert.Contains(cut, line => line.StartsWith("  Init        5.00 ms  ━━━", StringComparison.Ordinal));
    }

    private static EventStory TimeoutThenCrash() => new EventStory()
        .Begins(0, Phase.Init).Does(1, "runtime", ParticipantStep.Started).Does(100, "runtime", ParticipantStep.Ready).Ends(100, Phase.Init)
        .Begins(100, Phase.Invoke, requestId: "r1").Does(100, "runtime", ParticipantStep.Woken)
        .Begins(1100, Phase.Shutdown).Does(1102, "runtime", ParticipantStep.Gone).Ends(1102, Phase.Shutdown)
        .Ends(1102, Phase.Invoke, PhaseStatus.Timeout, ErrorType.SandboxTimedout)
        .Begins(1110, Phase.Invoke, requestId: "r2").Begins(1110, Phase.Init, suppressed: true)
        .Does(1111, "runtime", ParticipantStep.Started).Does(1200, "runtime", ParticipantStep.Ready).Ends(1200, Phase.Init)
        .Does(1200, "runtime", ParticipantStep.Woken).Does(1250, "runtime", ParticipantStep.Gone, "exit status 1")
        .Ends(1255, Phase.Invoke, PhaseStatus.Error, ErrorType.RuntimeExitError)
        .Begins(1255, Phase.Shutdown).Ends(1256, Phase.Shutdown);

    private static void ShouldDraw(EventStory story, int width, string golden, bool blocks = true) =>
        Assert.Equal(golden, string.Join('\n', Draw(story, new(width, Color: false, blocks))));

    private static List<string> Draw(EventStory story, TimelineStyle style) => [.. TimelineText.Render(Timeline.Of(story.Events)!, style)];
}
