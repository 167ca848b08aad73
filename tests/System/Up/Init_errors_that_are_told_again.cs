namespace Thaw.SystemTests.Up;

/// <summary>What a runtime has posted to init/error is what callers hear until an Init succeeds.</summary>
public sealed class Init_errors_that_are_told_again
{
    // It posts at its first start, and ends at all.
    private const string Failing = """
        #!/usr/bin/python3
        import hashlib, http.client, os, sys
        notes = "/tmp/thaw-" + hashlib.md5(os.environ["AWS_LAMBDA_LOG_STREAM_NAME"].encode()).hexdigest()
        with open(notes, "a") as file:
            file.write("started\n")
            starts = file.tell() // len("started\n")
        if starts == 1:
            api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
            error = '{"errorType":"Long.Words","errorMessage":"' + "a" * 300_000 + '"}'
            api.request("POST", "/2018-06-01/runtime/init/error", error)
            api.getresponse().read()
        if starts == 3: os.remove(notes)
        sys.exit(1)
        """;

    [Fact, Trait("Spec", "ENV-024")]
    public async Task Are_the_same_whatever_others_have_sent_meanwhile()
    {
        using var functions = new FunctionsFolder().Workers("decent").Bootstrap("failing", Failing);
        await using var daemon = await RunningDaemon.StartAsync(functions);
        var first = (await daemon.InvokeAsync("failing")).FailedWith("Long.Words", "^a{300000}$");

        // Events and responses of that length take memory that others have given back.
        for (var count = 0; count < 3; count++)
            (await daemon.InvokeAsync("decent", $"\"{new string('b', 300_000)}\"")).Succeeded();
        Assert.Equal(first.Text, (await daemon.InvokeAsync("failing")).Text);
    }
}
