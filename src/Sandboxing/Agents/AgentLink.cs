using System.Net.Sockets;
using Thaw.Linux;
using Thaw.Linux.AgentProtocol;

namespace Thaw.Sandboxing.Agents;

/// <summary>The daemon's end of the control link to one agent, and what is known through it about the agent's processes.</summary>
internal sealed class AgentLink : IDisposable
{
    private const int ReceiveBytes = 64 * 1024;

    /// <summary>What is handled at once on a thread that serves sockets. A process that writes without end would keep it.</summary>
    private const int HandledAtOnceBytes = 8 * 1024;

    private readonly Socket socket;
    private readonly UnreadOutput unread;
    private readonly Func<string, string?>? onMachine;
    private readonly SemaphoreSlim sending = new(1, 1);
    private readonly Lock gate = new();
    private readonly Dictionary<uint, LinkEntry> entries = [];
    private readonly Queue<TaskCompletionSource> clearings = [];
    private readonly Queue<TaskCompletionSource> flushes = [];
    private readonly List<Task> crowded = [];
    private readonly Dictionary<string, SandboxProcess> resumed = [];
    private SandboxException? ended;
    private uint lastId;
    private long settledBytes;

    /// <param name="end">Ours from now on, as is the next.</param>
    /// <param name="unread">What may be on its way.</param>
    /// <param name="onMachine">Where a file lies that processes see under a name; null where the names are the same.</param>
    internal AgentLink(FileDescriptor end, UnreadOutput unread, Func<string, string?>? onMachine = null)
        : this(new Socket(new SafeSocketHandle(end.Number, ownsHandle: true)), unread, onMachine) => end.SetHandleAsInvalid();

    /// <inheritdoc cref="AgentLink(FileDescriptor, UnreadOutput, Func{string, string}?)"/>
    internal AgentLink(Socket socket, UnreadOutput unread, Func<string, string?>? onMachine = null)
    {
        (this.socket, this.unread, this.onMachine) = (socket, unread, onMachine);
        Received = ReceiveAllAsync();
    }

    /// <summary>Takes up where another link to the original of this agent was.</summary>
    /// <param name="socket">Connected; ours from now on.</param>
    /// <param name="unread">Ours from now on.</param>
    /// <param name="onMachine">Where a file lies that processes see under a name.</param>
    /// <param name="state">Of the other link.</param>
    /// <param name="outputOf">Takes what a process writes, by its label.</param>
    /// <param name="verdict">For one of the processes.</param>
    internal AgentLink(
        Socket socket,
        UnreadOutput unread,
        Func<string, string?> onMachine,
        LinkState state,
        Func<string, IProcessOutput> outputOf,
        Func<MemoryVerdicts.Verdict> verdict)
    {
        (this.socket, this.unread, this.onMachine, lastId) = (socket, unread, onMachine, state.LastId);
        foreach (var process in state.Processes)
            Resume(process, outputOf(process.Label), verdict());
        Received = ReceiveAllAsync();
    }

    /// <summary>Those that were running when the link was taken up, by their labels.</summary>
    internal IReadOnlyDictionary<string, SandboxProcess> Resumed => resumed;

    /// <summary>Our end. Nobody but this sends or receives there.</summary>
    internal Socket Socket => socket;

    /// <summary>
    /// Completes when nothing more can come from the agent; with the reason when that is not the agent's end. Never fails.
    /// </summary>
    internal Task<Exception?> Received { get; }

    internal async Task<SandboxProcess> StartAsync(ProcessStart start, MemoryVerdicts.Verdict verdict)
    {
        string[] arguments = [start.Path, .. start.Arguments];
        string[] environment = [.. start.Environment.Select(variable => $"{variable.Key}={variable.Value}")];
        if (arguments.Concat(environment).Append(start.WorkingDirectory).Any(text => text.Contains('\0')))
            throw ProcessStartException.For(start, Errno.EINVAL, onMachine);

        var entry = new LinkEntry(start, verdict);
        uint id;
        lock (gate)
        {
            ThrowIfEnded();
            id = ++lastId;
            entries.Add(id, entry);
        }

        var frame = new ByteQueue();
        try
        {
            new StartBody(id, start.Path, start.WorkingDirectory, (uint)(start.ExtraOutput ?? 0), arguments, environment).WriteTo(frame);
        }
        catch (MalformedFrameException)
        {
            Forget(id);
            throw ProcessStartException.For(start, Errno.E2BIG, onMachine);
        }

        await SendAsync(frame).ConfigureAwait(false);
        return ProcessOf(id, await entry.Started.Task.ConfigureAwait(false), entry);
    }

    /// <summary>
    /// What is known, if nothing is under way: no question, no frame that has come in part or has not been handled yet. Null otherwise.
    /// </summary>
    /// <param name="bytesReceived">How many bytes have come over the socket so far. Nothing more is on its way.</param>
    internal LinkState? Settled(long bytesReceived)
    {
        if (Volatile.Read(ref settledBytes) != bytesReceived || sending.CurrentCount == 0)
            return null;
        lock (gate)
        {
            var isAsked = clearings.Count > 0 || flushes.Count > 0 || entries.Values.Any(entry => !entry.Started.Task.IsCompleted);
            return isAsked || ended is not null ? null : new LinkState(lastId, unread.FramesTaken, [.. entries.Select(each =>
                new LinkedProcess(
                    each.Key, each.Value.Started.Task.Result, each.Value.Label, each.Value.Exited.Task.IsCompleted))]);
        }
    }

    /// <summary>Has every process killed; completes when the agent says that none is left.</summary>
    internal Task KillAllAsync() => AskAsync(FrameType.KillAll, clearings);

    /// <summary>Completes when the output that the pipes held when the agent heard of it has been handed over.</summary>
    internal Task FlushOutputAsync() => unread.IsNone() ? Task.CompletedTask : AskAsync(FrameType.Flush, flushes);

    /// <summary>Tells the agent that no more will come: it kills everybody, says what it still has to say, and ends.</summary>
    internal void EndSending()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception problem) when (problem is SocketException or ObjectDisposedException)
        {
            // The agent was faster.
        }
    }

    /// <summary>To be called when the agent and all its processes are gone: nobody waits any longer.</summary>
    internal void End(SandboxException reason, ExitStatus exitOfTheRest)
    {
        lock (gate)
        {
            ended = reason;
            foreach (var entry in entries.Values)
            {
                entry.Started.TrySetException(reason);
                entry.Exited.TrySetResult(exitOfTheRest);
            }

            foreach (var waiting in clearings.Concat(flushes))
                waiting.TrySetException(reason);

            clearings.Clear();
            flushes.Clear();
        }
    }

    public void Dispose()
    {
        socket.Dispose();
        unread.Dispose();
    }

    private void Resume(LinkedProcess process, IProcessOutput output, MemoryVerdicts.Verdict verdict)
    {
        var start = new ProcessStart
        {
            Path = process.Label,
            Environment = new Dictionary<string, string>(),
            WorkingDirectory = "/",
            Output = output,
        };
        var entry = new LinkEntry(start, verdict);
        entry.Started.SetResult(process.Pid);
        entries.Add(process.Id, entry);
        if (process.HasExited)
            entry.Exited.SetResult(default);
        else
            resumed.Add(process.Label, ProcessOf(process.Id, process.Pid, entry));
    }

    private SandboxProcess ProcessOf(uint id, int pid, LinkEntry entry) => new(pid, entry.Exited.Task, signal =>
    {
        entry.Verdict.Signal(signal);
        Signal(id, signal);
    });

    private void Signal(uint id, int signal)
    {
        var frame = new ByteQueue();
        new SignalBody(id, signal).WriteTo(frame);
        _ = SendSignalAsync();

        async Task SendSignalAsync()
        {
            try
            {
                await SendAsync(frame).ConfigureAwait(false);
            }
            catch (SandboxException)
            {
                // The process is gone, with all others; Exited says so.
            }
        }
    }

    /// <summary>A question without a body; the agent answers such questions in order.</summary>
    private async Task AskAsync(FrameType question, Queue<TaskCompletionSource> waiting)
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var frame = new ByteQueue();
        new FrameWriter(frame, question).End();
        await SendAsync(frame, () => waiting.Enqueue(answered)).ConfigureAwait(false);
        await answered.Task.ConfigureAwait(false);
    }

    /// <summary>Sends one frame whole; <paramref name="ordered"/> runs in the order in which frames are sent.</summary>
    /// <remarks>
    /// Nothing here may come back to the caller's scheduler: a serial one runs what it is given at once, so the next sender would run, and
    /// release the semaphore, within the release of the last one, and that inner release would be lost.
    /// </remarks>
    private async Task SendAsync(ByteQueue frame, Action? ordered = null)
    {
        await sending.WaitAsync().ConfigureAwait(false);
        try
        {
            lock (gate)
            {
                ThrowIfEnded();
                ordered?.Invoke();
            }

            while (frame.Count > 0)
                frame.Consume(await socket.SendAsync(frame.Memory, SocketFlags.None).ConfigureAwait(false));
        }
        catch (Exception problem) when (problem is SocketException or ObjectDisposedException)
        {
            // The link is going down; whoever waits for an answer learns it from End, once the processes are gone too.
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task<Exception?> ReceiveAllAsync()
    {
        var inbox = new ByteQueue();
        var (atOnce, total) = (0, 0L);
        try
        {
            while (true)
            {
                var receiving = socket.ReceiveAsync(inbox.Room(ReceiveBytes), SocketFlags.None);
                if (!receiving.IsCompleted)
                    atOnce = 0;
                var count = await receiving;
                if (count == 0)
                    return null;
                inbox.Append(count);
                if ((atOnce += count) > HandledAtOnceBytes)
                {
                    atOnce = 0;
                    await Task.Yield();
                }

                HandleFrames(inbox);
                total += count;
                Volatile.Write(ref settledBytes, inbox.Count == 0 ? total : -1);
                if (crowded.Count > 0)
                    await RoomAsync();
            }
        }
        catch (Exception problem) when (problem is SocketException or ObjectDisposedException)
        {
            return null;
        }
#pragma warning disable CA1031 // A sink that throws, or an agent that talks nonsense: either way the link can be trusted no more.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            return problem;
        }
    }

    private void HandleFrames(ByteQueue inbox)
    {
        while (Frame.TryRead(inbox.Bytes, out var frame, out var length))
        {
            Handle(frame);
            inbox.Consume(length);
        }
    }

    /// <summary>Waits, and reads nothing meanwhile, until all that had no room for more have some again.</summary>
    private async Task RoomAsync()
    {
        await Task.WhenAll(crowded);
        crowded.Clear();

        // Whoever made room has something else to do than to bring the output of this sandbox.
        await Task.Yield();
    }

    private void Handle(Frame frame)
    {
        switch (frame.Type)
        {
            case FrameType.Started:
                var started = StartedBody.Read(frame.Body);
                var entry = Find(started.Id);
                unread.Started(started.Id, pipeCount: entry.Start.ExtraOutput is null ? 2 : 3);
                entry.Started.TrySetResult(started.Pid);
                break;
            case FrameType.StartFailed:
                var failed = StartFailedBody.Read(frame.Body);
                var refused = Find(failed.Id);
                Forget(failed.Id);
                refused.Started.TrySetException(ProcessStartException.For(refused.Start, failed.Errno, onMachine));
                break;
            case FrameType.Output:
                var output = OutputBody.Read(frame.Body);
                var taker = Find(output.Id).Start.Output;
                taker.Write(OutputStream.Stdout + (output.Stream - OutputBody.Stdout), output.Bytes);
                unread.Taken();
                if (taker.RoomAsync().AsTask() is { IsCompleted: false } room)
                    crowded.Add(room);
                break;
            case FrameType.Exited:
                var exited = ExitedBody.Read(frame.Body);
                Find(exited.Id).Exit(new ExitStatus(exited.Status, exited.Signal));
                break;
            case FrameType.AllGone:
                new BodyReader(frame.Body).End();
                AllGone();
                break;
            case FrameType.Flushed:
                new BodyReader(frame.Body).End();
                Answered(flushes);
                break;
            default:
                throw new MalformedFrameException($"an answer of type {(byte)frame.Type}");
        }
    }

    private void AllGone()
    {
        lock (gate)
        {
            // Nobody is left who could write, so whoever has exited has said everything.
            foreach (var (id, _) in entries.Where(entry => entry.Value.Exited.Task.IsCompleted).ToList())
            {
                entries.Remove(id);
                unread.Forget(id);
            }

            unread.Forget(UnreadOutput.OfRestored);
        }

        Answered(clearings);
    }

    private void Answered(Queue<TaskCompletionSource> waiting)
    {
        lock (gate)
        {
            if (!waiting.TryDequeue(out var answered))
                throw new MalformedFrameException("an answer to no question");

            answered.TrySetResult();
        }
    }

    private LinkEntry Find(uint id)
    {
        lock (gate)
            return entries.GetValueOrDefault(id) ?? throw new MalformedFrameException($"a process {id} that was never started");
    }

    private void Forget(uint id)
    {
        lock (gate)
            entries.Remove(id);
    }

    private void ThrowIfEnded()
    {
        if (ended is not null)
            throw new SandboxException(ended.Message, ended);
    }
}
