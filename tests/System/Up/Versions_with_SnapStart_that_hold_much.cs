namespace Thaw.SystemTests.Up;

/// <summary>What functions do in Init that is more than variables, and whether it is there in a clone.</summary>
[Trait("Needs", "time")]
public sealed class Versions_with_SnapStart_that_hold_much : IAsyncDisposable
{
    private readonly FunctionsFolder functions = new();
    private RunningDaemon? daemon;

    public static TheoryData<string, string, string> Held => new()
    {
        {
            "a thread",
            """
            ticks = []
            def tick():
                while True: ticks.append(1); time.sleep(0.001)
            threading.Thread(target=tick, daemon=True).start()
            """,
            """
            before = len(ticks); time.sleep(0.1)
            return len(ticks) > before
            """
        },
        {
            "a child process",
            """
            child = subprocess.Popen(['cat'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            """,
            """
            child.stdin.write(b'word\n'); child.stdin.flush()
            return child.stdout.readline() == b'word\n'
            """
        },
        {
            "a lock",
            """
            locked = open('/tmp/locked', 'w'); fcntl.flock(locked, fcntl.LOCK_EX)
            """,
            """
            try: fcntl.flock(open('/tmp/locked'), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError: return True
            """
        },
        {
            "a deleted file",
            """
            deleted = open('/tmp/deleted', 'w+b'); deleted.write(b'x' * (20 << 20)); deleted.flush(); os.unlink('/tmp/deleted')
            """,
            """
            deleted.seek(0)
            return len(deleted.read()) == 20 << 20 and not os.path.exists('/tmp/deleted')
            """
        },
        {
            "a listening socket",
            """
            listening = socket.create_server(('127.0.0.1', 0))
            """,
            """
            client = socket.create_connection(listening.getsockname()); server, _ = listening.accept()
            client.sendall(b'word')
            return server.recv(4) == b'word'
            """
        },
        {
            "a connection to itself",
            """
            listening = socket.create_server(('127.0.0.1', 0))
            client = socket.create_connection(listening.getsockname()); server, _ = listening.accept()
            client.sendall(b'on its way')
            """,
            """
            return server.recv(10) == b'on its way'
            """
        },
        {
            "descriptors of the kernel's",
            """
            timer = signal.setitimer(signal.ITIMER_REAL, 3600)
            waiting = select.epoll(); pair = socket.socketpair(); waiting.register(pair[0], select.EPOLLIN)
            shared = mmap.mmap(-1, 1 << 20); shared[:4] = b'word'
            """,
            """
            pair[1].send(b'x')
            heard = waiting.poll(1) == [(pair[0].fileno(), select.EPOLLIN)]
            return heard and shared[:4] == b'word' and signal.getitimer(signal.ITIMER_REAL)[0] > 0
            """
        },
        {
            "2 GB",
            """
            held = bytearray(os.urandom(1 << 20)) * 2048
            """,
            """
            return len(held) == 2 << 30 and held[-4:] == held[(1 << 20) - 4:1 << 20]
            """
        },
    };

    public async ValueTask DisposeAsync()
    {
        if (daemon is not null)
            await daemon.DisposeAsync();
        functions.Dispose();
    }

    [Theory, MemberData(nameof(Held))]
    public async Task Have_it_in_a_clone(string what, string init, string handler)
    {
        await StartAsync();
        await CreateAsync(init, handler, megabytes: what.EndsWith("GB", StringComparison.Ordinal) ? 3008 : 512);
        var version = await daemon!.PublishedAsync("snap", patience: TimeSpan.FromMinutes(5));
        Assert.Equal("true", (await daemon!.InvokeAsync($"snap:{version}")).Succeeded().Text);
        Assert.DoesNotContain("is initialised", daemon!.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cannot_have_a_ring_for_input_and_output()
    {
        await StartAsync();
        await CreateAsync("made = ctypes.CDLL(None, use_errno=True).syscall(425, 8, ctypes.create_string_buffer(120))", "return made");
        var version = await daemon!.PublishedAsync("snap");
        Assert.Equal("-1", (await daemon!.InvokeAsync($"snap:{version}")).Succeeded().Text);
    }

    [Fact]
    public async Task Whose_process_ends_in_a_hook_are_failed_before_and_refused_after_the_snapshot()
    {
        await StartAsync();
        await CreateAsync("snapshot_restore_py.register_before_snapshot(lambda: os._exit(3))", "return 1");
        Assert.Equal(("Failed", "Off"), await daemon!.MadeAsync("snap", await daemon!.PublishAsync("snap")));
        var reason = (await daemon!.ShownAsync("snap", "1")).GetProperty("StateReason").GetString();
        Assert.Contains("exit status 3", reason, StringComparison.Ordinal);

        await CreateAsync("snapshot_restore_py.register_after_restore(lambda: os._exit(4))", "return 1", name: "other");
        var version = await daemon!.PublishedAsync("other");
        var refused = await daemon!.InvokeAsync($"other:{version}");
        Assert.Equal((400, "SnapStartException"), (refused.Status, refused.Header("x-amzn-ErrorType")));
        Assert.Contains("exit status 4", refused.Text, StringComparison.Ordinal);
    }

    [Fact, Trait("Spec", "ENV-044")]
    public async Task Whose_hook_hangs_after_the_restore_are_refused_after_ten_seconds_and_gone()
    {
        await StartAsync();
        await CreateAsync("snapshot_restore_py.register_after_restore(lambda: time.sleep(600))", "return 1");
        var version = await daemon!.PublishedAsync("snap");
        var refused = await daemon!.InvokeAsync($"snap:{version}");
        Assert.Equal((408, "SnapStartTimeoutException"), (refused.Status, refused.Header("x-amzn-ErrorType")));
        await daemon!.UntilAsync(async () => (await daemon!.EnvironmentsAsync("snap")).Length == 0, "the clone has ended");
    }

    private async Task StartAsync()
    {
        SnapStartCalls.SkipWithoutSnapshots();
        daemon = await RunningDaemon.StartAsync(functions, "--isolation", "namespaces");
    }

    private Task CreateAsync(string init, string handler, int megabytes = 512, string name = "snap")
    {
        const string Imports =
            "import ctypes, fcntl, mmap, os, select, signal, snapshot_restore_py, socket, subprocess, threading, time\n";
        var body = string.Join("\n    ", handler.TrimEnd().Split('\n'));
        return daemon!.CreateReadyAsync(
            name,
            CreatedFunctions.Zip("app.py", $"{Imports}{init}\ndef handler(event, context):\n    {body}\n"),
            $$""","SnapStart":{"ApplyOn":"PublishedVersions"},"MemorySize":{{megabytes}}""",
            "python3.12",
            "app.handler");
    }
}
