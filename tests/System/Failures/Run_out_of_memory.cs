using Thaw.SystemTests.Runs;

namespace Thaw.SystemTests.Failures;

/// <summary>A function that holds more than its memory size, in <c>thaw run</c>.</summary>
public sealed class Run_out_of_memory
{
    private const string Hog = """
        import time
        def handler(event, context):
            held = []
            for _ in range(100):
                held.append(b"x" * (4 << 20))
                time.sleep(0.01)
            return len(held)
        """;

    [Fact, Trait("Spec", "ENV-017")]
    public async Task Is_killed_when_memory_is_enforced()
    {
        using var function = WrittenFunction.Python(Hog);
        var run = await ThawRun.OfAsync(function, "--timeout", "60", "--memory", "128", "--enforce-memory");
        run.FailedWith("Runtime.ExitError", "Error: Runtime exited with error: signal: killed$");
        run.LogHasInOrder("^START ", "^END ", @"^REPORT .*\tStatus: error\tError Type: Runtime\.OutOfMemory$");
    }

    // Only processes can hold more: a sandbox has its limit by the kernel, with or without the option.
    [Fact, Trait("Spec", "ENV-102")]
    public async Task Is_only_reported_when_it_is_not()
    {
        using var function = WrittenFunction.Python(Hog);
        var run = await ThawRun.OfAsync(function, "--timeout", "60", "--memory", "128", "--isolation", "process");
        run.Answered("100").LogHasInOrder(@"^REPORT .*\tMemory Size: 128 MB\tMax Memory Used: [4-9]\d\d MB\t");
    }
}
