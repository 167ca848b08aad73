using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Thaw.SystemTests.Runs;

/// <summary>
/// Functions that are a library, loaded by our client as Lambda's does it. Amazon.Lambda.Core is a stand-in of that name with the members
/// that the client looks for; its serializer writes everything in capitals, to be seen.
/// </summary>
public sealed class Dotnet_class_library
{
    private const string FramesAtShutdown = """
        #!/usr/bin/python3 -I
        import os, urllib.request as http
        base, id = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2020-01-01/extension", "Lambda-Extension-Identifier"
        register = http.Request(f"{base}/register", b'{"events":["SHUTDOWN"]}', {"Lambda-Extension-Name": "reader"})
        me = {id: http.urlopen(register).headers[id]}
        http.urlopen(http.Request(f"{base}/event/next", headers=me)).read()
        print("frames", open(os.environ["FRAMES"], "rb").read().hex(), flush=True)
        """;

    private static async Task<EndedRun> OfAsync(string method, params string[] options)
    {
        using var function = BuiltFunction.Of("LibraryFunction");
        return await OfAsync(function, method, options);
    }

    private static Task<EndedRun> OfAsync(WrittenFunction function, string method, params string[] options)
    {
        var type = method.Contains("::", StringComparison.Ordinal) ? method : $"Handlers::{method}";
        string[] given = ["--runtime", "dotnet8", "--handler", $"LibraryFunction::LibraryFunction.{type}", "--timeout", "30"];
        return ThawRun.OfAsync(function, [.. given, .. options]);
    }

    [Theory]
    [InlineData("Shout"), InlineData("ShoutLaterAsync"), InlineData("System.String Overloaded(System.String)")]
    public async Task Is_given_and_gives_what_its_serializer_makes_of_it(string method)
    {
        var run = await OfAsync(method, "--event", "\"ada\"", "--repeat", "2");
        Assert.Equal(0, run.ExitStatus);
        Assert.Equal(["\"ADA\"", "\"ADA\""], run.Answers.Select(answer => JsonSerializer.Deserialize<string>(answer)));
    }

    [Theory, InlineData("Streams"), InlineData("StreamsLaterAsync")]
    public async Task Is_given_and_gives_streams_as_they_are(string method) =>
        (await OfAsync(method, "--event", """{"name":  "Zoë"}""")).Answered("""{"name":  "Zoë"}""");

    [Theory, InlineData("Nothing"), InlineData("NothingLaterAsync")]
    public async Task May_return_nothing(string method)
    {
        var run = await OfAsync(method);
        Assert.Equal((0, "\n"), (run.ExitStatus, run.Text));
    }

    [Fact]
    public async Task Without_Lambdas_packages_is_served_by_the_platforms_JSON()
    {
        using var function = BuiltFunction.Of("PlainFunction");
        var run = await ThawRun.OfAsync(function, "--runtime", "dotnet10", "--handler", "PlainFunction::PlainFunction.Greeter::Greet",
            "--event", """{"name":"Zoë"}""", "--repeat", "2");
        Assert.Equal([1, 2], run.Answers.Select(answer => JsonDocument.Parse(answer).RootElement.GetProperty("Call").GetInt32()));
        Assert.Equal("Hello, Zoë!", JsonDocument.Parse(run.Answers[0]).RootElement.GetProperty("Message").GetString());
    }

    [Fact]
    public async Task Has_a_context_of_its_own_copy_of_the_interface()
    {
        var facts = (await OfAsync("Contextual")).Answer.GetString()!.Trim('"').Split(' ');
        Assert.Equal(["$LATEST", "128"], facts[..2]);
        Assert.StartsWith("ARN:AWS:LAMBDA:", facts[2], StringComparison.Ordinal);
        Assert.StartsWith("/AWS/LAMBDA/", facts[3], StringComparison.Ordinal);
        Assert.Equal(["", "0", "", "0", "TRUE", "36"], facts[5..]);
    }

    [Fact]
    public async Task Logs_lines_with_time_request_and_level()
    {
        const string Head = @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\t[0-9a-f-]{36}\t";
        var run = await OfAsync("Logs");
        run.Answered("{}").LogHasInOrder(
            "^START ", $"{Head}info\tprinted 1$", $"{Head}fail\tcomplained$", $"{Head}static$", $"{Head}warn\tAda is 36$",
            $"{Head}info\tline$", $"{Head}warn\twarned twice$", $"{Head}fail\tfailed$",
            "^System.InvalidOperationException: within$", "^END ");
        Assert.DoesNotContain("silent", run.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_JSON_with_the_values_of_a_message()
    {
        var run = await OfAsync("Logs", "--env", "AWS_LAMBDA_LOG_FORMAT=JSON", "--env", "AWS_LAMBDA_LOG_LEVEL=WARN");
        var events = run.Log.Where(line => line.StartsWith("{\"timestamp\"", StringComparison.Ordinal))
            .Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(["complained", "Ada is 36", "warned twice", "failed"],
            events.Select(line => line.GetProperty("message").GetString()).Where(message => message != "static"));
        var ada = events.Single(line => line.TryGetProperty("name", out _));
        Assert.Equal(("Warning", "Ada", 36),
            (ada.GetProperty("level").GetString(), ada.GetProperty("name").GetString(), ada.GetProperty("age").GetInt32()));
        Assert.Equal("System.InvalidOperationException", events[^1].GetProperty("errorType").GetString());
        Assert.Equal(36, events[^1].GetProperty("requestId").GetString()!.Length);
    }

    [Fact]
    public async Task Frames_its_log_events_when_the_platform_takes_frames()
    {
        using var function = BuiltFunction.Of("LibraryFunction").WithProgram("wrapper", """
            #!/bin/sh
            exec 9> $FRAMES
            export _LAMBDA_TELEMETRY_LOG_FD=9
            exec "$@"
            """).WithProgram("layer/extensions/reader", FramesAtShutdown);
        var run = await OfAsync(function, "Logs", "--layer", function["layer"],
            "--env", "AWS_LAMBDA_EXEC_WRAPPER=/var/task/wrapper", "--env", $"FRAMES={function.Memory}");

        const string Head = "frames ";
        var line = Assert.Single(run.Answered("{}").Log, line => line.StartsWith(Head, StringComparison.Ordinal));
        var frames = Convert.FromHexString(line[Head.Length..]).AsSpan();
        List<(uint Kind, string Text)> read = [];
        while (frames.Length > 0)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(frames[4..]);
            read.Add((BinaryPrimitives.ReadUInt32BigEndian(frames), Encoding.UTF8.GetString(frames.Slice(16, length))));
            frames = frames[(16 + length)..];
        }

        uint[] kinds = [0xA55A000F, 0xA55A0017, 0xA55A0003, 0xA55A0013, 0xA55A000F, 0xA55A0013, 0xA55A0017];
        Assert.Equal(kinds, read.Select(frame => frame.Kind));
        Assert.EndsWith("failed\nSystem.InvalidOperationException: within", read[^1].Text, StringComparison.Ordinal);
    }

    [Theory, InlineData("Fails"), InlineData("FailsLaterAsync")]
    public async Task Fails_with_the_stack_of_the_function_and_lives_on(string method)
    {
        var run = await OfAsync(method, "--event", "\"Worte\"", "--repeat", "2");
        Assert.Equal((1, 2), (run.ExitStatus, run.Answers.Length));
        var error = JsonDocument.Parse(run.Answers[1]).RootElement;
        Assert.Equal(("InvalidOperationException", "böse Worte"),
            (error.GetProperty("errorType").GetString(), error.GetProperty("errorMessage").GetString()));
        Assert.All(error.GetProperty("stackTrace").EnumerateArray(), line =>
            Assert.StartsWith("at LibraryFunction.Handlers.Fails", line.GetString(), StringComparison.Ordinal));
        Assert.Equal("ArgumentException", error.GetProperty("cause").GetProperty("errorType").GetString());
    }

    [Theory]
    [InlineData("Handlers", "^Invalid lambda function handler: 'LibraryFunction::LibraryFunction.Handlers'. The valid format is")]
    [InlineData("Handlers::", "the method is missing")]
    [InlineData("Nobody::Shout", "^Unable to load type 'LibraryFunction.Nobody' from assembly 'LibraryFunction'.$")]
    [InlineData("Handlers::Whisper", "^Unable to find method 'Whisper' in type 'LibraryFunction.Handlers' from assembly 'LibraryFunction'")]
    [InlineData("Handlers::Overloaded", "number of overloads(.|\n)*System.String Overloaded\\(System.IO.Stream\\)")]
    [InlineData("Handlers::TooMany", "more than 2 parameters")]
    [InlineData("Handlers::AsyncVoid", "'async void'")]
    public async Task Is_refused_in_Lambdas_words(string handler, string message)
    {
        using var function = BuiltFunction.Of("LibraryFunction");
        var run = await ThawRun.OfAsync(function, "--runtime", "dotnet8", "--handler", $"LibraryFunction::LibraryFunction.{handler}");
        run.FailedWith("LambdaValidationException", message).LogHasInOrder("\tfail\t", @"^INIT_REPORT .*Phase: init\tStatus: error");
    }

    [Fact]
    public async Task Fails_its_init_when_its_constructor_does() =>
        (await OfAsync("FailingConstructor::Handle")).FailedWith("NotSupportedException", "^no such thing$");

    [Fact]
    public async Task Has_its_hooks_run_around_a_snapshot() =>
        (await OfAsync("Snapshot", "--initialization-type", "snap-start")).Answered("\"before 2, before 1, after\"");

    // Invocations are rehearsed before a snapshot: neither the function nor its log nor its variables show anything of that.
    [Fact]
    public async Task Is_not_called_before_a_snapshot()
    {
        var run = await OfAsync("Counted", "--initialization-type", "snap-start", "--event", "\"called\"");
        Assert.Equal("\"CALLED 1, TRUE, TRACE NONE\"", JsonSerializer.Deserialize<string>(Assert.Single(run.Answers)));
        Assert.DoesNotContain(run.Log, line => line.Contains("rehears", StringComparison.OrdinalIgnoreCase));
    }

    // Restore goes on in the process of Init here: what must differ between clones is a matter for clones.
    [Fact]
    public async Task Draws_from_every_source_after_a_restore() =>
        Assert.Equal(8, (await OfAsync("RandomNumbers::AfterInit", "--initialization-type", "snap-start", "--event", "0"))
            .Answer.EnumerateObject().DistinctBy(one => one.Value.GetString()).Count());

    [Theory]
    [InlineData("BeforeSnapshot", "NotSupportedException", "INIT_REPORT .*Error Type: Runtime.BeforeSnapshotError")]
    [InlineData("AfterRestore", "Runtime.AfterRestoreError", "RESTORE_REPORT .*Error Type: Runtime.AfterRestoreError")]
    public async Task Tells_of_a_hook_that_fails(string method, string type, string report) =>
        (await OfAsync($"FailingHooks::{method}", "--initialization-type", "snap-start")).FailedWith(type, "").LogHasInOrder(report);

    [Fact]
    public async Task Needs_its_deps_json()
    {
        using var function = BuiltFunction.Of("LibraryFunction");
        File.Delete(function["LibraryFunction.deps.json"]);
        (await OfAsync(function, "Shout")).FailedWith("Runtime.ExitError", "exit status 105$")
            .LogHasInOrder(@"^Error: \S+ is missing LibraryFunction\.deps\.json: ");
    }
}
