using System.Runtime.InteropServices;
using Thaw.Linux;
using Thaw.Linux.AgentProtocol;

namespace Thaw.Agent;

/// <summary>
/// The agent's one loop: serves the daemon's requests, passes output on, reaps, and clears the house when it is told to or left alone.
/// <code>
///             KillAll, or the link ends                    nobody is left
///   serving ---------------------------> clearing ----------------------------> serving again, or the end
/// </code>
/// While it clears, requests wait. Whether anybody is left is the kernel's word: wait says ECHILD, and as sub-reaper we get every orphan.
/// </summary>
/// <param name="order">Where the agent has a place to lose; null among the processes of the machine.</param>
internal sealed unsafe class Household(HostLink link, OutputGauge? gauge, OutOfMemoryOrder? order)
{
    /// <summary>
    /// A round of killing follows the last at once while there is hope that it was the last, then every few milliseconds.
    /// </summary>
    private const int EagerRounds = 16, PatientRoundMilliseconds = 5;

    /// <summary>How often to look whether the last output of a process is still there to be passed on.</summary>
    private const int OwedAgainMilliseconds = 100;

    /// <summary>Then everybody else is a descendant, and the kernel knows them all.</summary>
    private readonly bool isFirstProcess = Syscalls.getpid() == 1;

    private readonly ChildWatch watch = new();
    private readonly List<ChildProcess> unreported = [];
    private readonly List<OutputPipe> pipes = [];
    private int firstPipe;
    private bool somebodyDied;
    private bool clearing;
    private int flushesOwed;
    private int rounds;

    /// <summary>Serves until the link has ended and nobody is left. Returns the exit status.</summary>
    internal int Run()
    {
        while (true)
        {
            ServeRequests();
            if (clearing)
                KillEveryone();

            var nobodyLeft = Reap();
            ReportExits();
            AnswerFlushes();
            if (clearing && nobodyLeft && NothingToPassOn())
            {
                if (!link.IsEnded)
                {
                    EndClearing();
                    continue;
                }

                // What a dying process wrote in the very moment in which the link broke is still in the outbox, and goes nowhere any more.
                if (link.IsBroken || link.Outbox.Count == 0)
                    return 0;
            }

            link.Flush();

            // If the link has broken just now, nothing would wake us: the killing begins at once.
            if (clearing || !link.IsBroken)
                WaitAndPump();
        }
    }

    private void ServeRequests()
    {
        try
        {
            while (!clearing && link.TryTake(out var frame))
                Serve(frame);
        }
        catch (MalformedFrameException problem)
        {
            Diagnostics.Complain(problem.Message);
            link.Break();
        }

        clearing |= link.IsEnded;
    }

    private void Serve(Frame frame)
    {
        switch (frame.Type)
        {
            case FrameType.Start:
                Start(StartBody.Read(frame.Body));
                break;
            case FrameType.Signal:
                var signal = SignalBody.Read(frame.Body);
                unreported.Find(child => child.Id == signal.Id && !child.IsReaped)?.Signal(signal.Signal);
                break;
            case FrameType.KillAll:
                new BodyReader(frame.Body).End();
                clearing = true;
                break;
            case FrameType.Flush:
                new BodyReader(frame.Body).End();
                pipes.ForEach(pipe => pipe.OweWhatIsThere());
                flushesOwed++;
                break;
            default:
                throw new MalformedFrameException($"a request of type {(byte)frame.Type}");
        }
    }

    private void Start(StartBody start)
    {
        try
        {
            order?.ForChildren();
            var child = ChildProcess.Start(start, gauge, out var error);
            order?.ForAgent();
            if (child is not null)
            {
                unreported.Add(child);
                pipes.AddRange(child.Pipes);
                watch.ChildStarted();
                _ = DescriptorChannel.TrySend(AgentDescriptors.Pipes, [.. child.Pipes.Select(pipe => pipe.Descriptor)]);
                new StartedBody(start.Id, child.Pid).WriteTo(link.Outbox);
            }
            else
            {
                new StartFailedBody(start.Id, error).WriteTo(link.Outbox);
            }
        }
        catch (LinuxException problem)
        {
            // Too many descriptors, say: one process less, but no reason to take the others down.
            new StartFailedBody(start.Id, problem.Errno).WriteTo(link.Outbox);
        }
    }

    // A process may fork before its signal arrives, so this is repeated until wait says that there is nobody. No id here can have gone to
    // a stranger: our children's are ours until we reap them, and those of deeper ones would have to go round within microseconds.
    private void KillEveryone()
    {
        rounds++;
        if (isFirstProcess)
        {
            _ = Syscalls.kill(-1, Syscalls.SIGKILL);
            return;
        }

        foreach (var process in ProcessTree.DescendantsOf(Syscalls.getpid()))
            _ = Syscalls.kill(process, Syscalls.SIGKILL);
    }

    /// <summary>Reaps whoever is dead. True when there is nobody else either, which only matters while it clears.</summary>
    private bool Reap()
    {
        if (!somebodyDied && !clearing)
            return false;

        int pid;
        while ((pid = Syscalls.waitpid(-1, out var status, Syscalls.WNOHANG | Syscalls.__WALL)) > 0)
            unreported.Find(child => child.Pid == pid && !child.IsReaped)?.Reaped(status);

        var nobodyLeft = pid < 0 && Marshal.GetLastPInvokeError() == Errno.ECHILD;
        if (somebodyDied)
        {
            somebodyDied = false;
            watch.Reaped();
        }

        return nobodyLeft;
    }

    private void ReportExits() => unreported.RemoveAll(child =>
    {
        // Nobody takes the output any more when the link is broken.
        var ready = child.IsReadyToReport || (child.IsReaped && link.IsBroken);
        if (ready && !link.IsBroken)
            child.Report(link.Outbox);

        return ready;
    });

    private void AnswerFlushes()
    {
        for (; flushesOwed > 0 && !link.IsBroken && pipes.TrueForAll(pipe => pipe.Owed == 0); flushesOwed--)
            new FrameWriter(link.Outbox, FrameType.Flushed).End();
    }

    private bool NothingToPassOn() => link.IsBroken || (unreported.Count == 0 && pipes.TrueForAll(pipe => pipe.IsEmpty));

    private void EndClearing()
    {
        new FrameWriter(link.Outbox, FrameType.AllGone).End();
        clearing = false;
        rounds = 0;
    }

    // While the daemon does not take what it was sent, no pipe is read: a full pipe makes its writers wait, and nothing piles up here.
    private void WaitAndPump()
    {
        var reading = link.Outbox.Count == 0 && !link.IsBroken;
        var pipeCount = reading ? pipes.Count : 0;
        var polled = stackalloc Syscalls.pollfd[2 + pipeCount];
        var fromDaemon = (short)(clearing ? 0 : Syscalls.POLLIN);
        var toDaemon = (short)(link.Outbox.Count > 0 ? Syscalls.POLLOUT : 0);
        polled[0] = new() { fd = link.IsBroken ? -1 : AgentDescriptors.Link, events = (short)(fromDaemon | toDaemon) };
        polled[1] = new() { fd = watch.Descriptor, events = Syscalls.POLLIN };
        for (var i = 0; i < pipeCount; i++)
            polled[2 + i] = new() { fd = pipes[i].Descriptor, events = Syscalls.POLLIN };

        if (Syscalls.poll(polled, (nuint)(2 + pipeCount), PauseMilliseconds()) <= 0)
            return;

        if (polled[1].revents != 0)
            somebodyDied = true;

        if ((polled[0].revents & (Syscalls.POLLHUP | Syscalls.POLLERR)) != 0)
            link.Break();
        else if ((polled[0].revents & Syscalls.POLLIN) != 0)
            link.Receive();

        PumpReady(new(polled + 2, pipeCount));
    }

    private int PauseMilliseconds() => clearing switch
    {
        true => rounds < EagerRounds ? 0 : PatientRoundMilliseconds,

        // Output that somebody took away is owed no more, but nothing tells us.
        false => unreported.Exists(child => child.IsReaped) ? OwedAgainMilliseconds : -1,
    };

    private void PumpReady(ReadOnlySpan<Syscalls.pollfd> polled)
    {
        // Begins behind the pipe that was served last, so that one that is always full does not keep the daemon from hearing the others.
        var pumped = false;
        for (var i = 0; i < polled.Length && link.Outbox.Count == 0; i++)
        {
            var next = (firstPipe + i) % polled.Length;
            if (polled[next].revents != 0)
            {
                pipes[next].Pump(link.Outbox);
                pumped = true;
                link.Flush();
                if (link.Outbox.Count > 0)
                    firstPipe = next + 1;
            }
        }

        pipes.RemoveAll(pipe => !pipe.IsOpen);

        // Who writes on our CPU goes on before we look again: then a frame brings what a pipe holds, and not each little piece of it.
        if (pumped)
            _ = Syscalls.sched_yield();
    }
}
