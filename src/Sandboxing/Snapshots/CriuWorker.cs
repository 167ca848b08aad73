using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Thaw.Linux;
using Thaw.Sandboxing.Cgroups;
using Thaw.Sandboxing.Snapshots.Rpc;

namespace Thaw.Sandboxing.Snapshots;

/// <summary>
/// A process of CRIU's that waits for one thing to do, in a mount namespace of its own.
/// <code>
///   daemon --posix_spawn--&gt; unshare --mount --execve--&gt; criu swrk 3
///     | ---- request ------------------------------------&gt; |
///     | &lt;--- notification: somewhere on the way, waits ---- |   (several)
///     | ---- done, or not --------------------------------&gt; |
///     | &lt;--- answer --------------------------------------- |   and ends
/// </code>
/// It ends with us: at its next word nobody is there to answer, and what it has begun it takes back.
/// </summary>
internal sealed class CriuWorker : IAsyncDisposable
{
    private const int TalkDescriptor = 3;
    private const int LargestMessage = 256 * 1024;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50), Patience = TimeSpan.FromSeconds(10);

    private readonly Socket talk;
    private EnvironmentGroup? group;
    private bool isReaped;

    private CriuWorker(int pid, Socket talk, Scratch scratch) => (Pid, this.talk, Scratch) = (pid, talk, scratch);

    internal int Pid { get; }

    /// <summary>Its /run.</summary>
    internal Scratch Scratch { get; }

    /// <summary>As it says itself.</summary>
    internal Version? Version { get; private set; }

    /// <summary>On return it waits.</summary>
    /// <param name="newGroup">Makes the group that it waits in, which is for what it restores.</param>
    /// <exception cref="SandboxException">It cannot be executed, or is no CRIU.</exception>
    internal static async Task<CriuWorker> StartAsync(string criu, Func<EnvironmentGroup>? newGroup, CancellationToken stop)
    {
        CriuWorker? worker = null;
        var isReady = false;
        var scratch = Scratch.Make();
        try
        {
            var (pid, talk) = Spawn(criu);
            worker = new(pid, talk, scratch);

            // It answers from its own namespace: unshare has done its work then.
            worker.Version = (await worker.AskAsync(CriuRequest.Version(), (_, _) => Task.FromResult(true), stop)).Version;
            await scratch.AttachAsync(pid);
            if (newGroup is not null)
                await worker.JoinAsync(worker.group = await Task.Run(newGroup, stop));
            isReady = true;
            return worker;
        }
        catch (Exception failure) when (failure is SocketException or LinuxException or FormatException)
        {
            throw new SandboxException($"{criu} does not serve: {failure.Message}", failure);
        }
        finally
        {
            if (!isReady)
            {
                scratch.Dispose();
                if (worker is not null)
                    await worker.DisposeAsync();
            }
        }
    }

    /// <summary>The group that it has waited in: the caller's from now on. Null where it has none.</summary>
    internal EnvironmentGroup? TakeGroup()
    {
        var taken = group;
        group = null;
        return taken;
    }

    /// <summary>What it restores from now on will be in that group, and it is so itself. Takes the kernel its time.</summary>
    /// <exception cref="SandboxException">It has died.</exception>
    internal Task JoinAsync(EnvironmentGroup its) => Task.Run(() => its.Add(Pid));

    /// <summary>Asks it for something, and serves its notifications on the way.</summary>
    /// <param name="request">See <see cref="CriuRequest"/>.</param>
    /// <param name="notified">Does what is to be done there: the name of the place, and a process if it is about one.</param>
    /// <returns>The end.</returns>
    /// <exception cref="SandboxException">It has died.</exception>
    internal async Task<CriuAnswer> AskAsync(ReadOnlyMemory<byte> request, Func<string, int, Task<bool>> notified, CancellationToken stop)
    {
        try
        {
            await talk.SendAsync(request, stop).ConfigureAwait(false);
            var message = new byte[LargestMessage];
            while (true)
            {
                var count = await talk.ReceiveAsync(message, stop).ConfigureAwait(false);
                if (count == 0)
                    throw new SandboxException("CRIU has died");
                var answer = CriuAnswer.Read(message.AsSpan(0, count));
                if (answer.Notification is not { } place)
                    return answer;
                var success = await notified(place, answer.Pid).ConfigureAwait(false);
                await talk.SendAsync(CriuRequest.Notified(success), stop).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is SocketException or FormatException)
        {
            throw new SandboxException($"CRIU has died: {failure.Message}", failure);
        }
    }

    /// <summary>The first error that it has written down, which the others follow from; for people.</summary>
    internal string LastWords(CriuAnswer answer)
    {
        const string Error = "Error (", Harmless = "RLIMIT_NOFILE for self";
        var log = Scratch.In(CriuRequest.Log);
        var line = File.Exists(log)
            ? File.ReadLines(log).FirstOrDefault(line =>
                line.Contains(Error, StringComparison.Ordinal) && !line.Contains(Harmless, StringComparison.Ordinal))
            : null;
        var words = line?[line.IndexOf(Error, StringComparison.Ordinal)..];
        if (words?.IndexOf("): ", StringComparison.Ordinal) is { } at and > 0)
            return words[(at + 3)..].Trim();
        return answer.Message.Length > 0 ? answer.Message.Trim() : "CRIU does not say why";
    }

    /// <summary>Ends it if it has not ended, and reaps it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isReaped)
            return;
        isReaped = true;
        talk.Dispose();

        // It ends when nobody talks to it; in the middle of something it takes back what it has done first.
        var (pause, waited) = (TimeSpan.FromMilliseconds(1), TimeSpan.Zero);
        while (Syscalls.waitpid(Pid, out _, Syscalls.WNOHANG) == 0)
        {
            await Task.Delay(pause).ConfigureAwait(false);
            waited += pause;
            pause = pause < LongestPause ? pause * 2 : pause;
            if (waited > Patience)
                _ = Syscalls.kill(Pid, Syscalls.SIGKILL);
        }

        Scratch.Dispose();
        await RemoveGroupAsync().ConfigureAwait(false);
    }

    private async Task RemoveGroupAsync()
    {
        try
        {
            await (TakeGroup()?.RemoveAsync(Patience) ?? Task.CompletedTask).ConfigureAwait(false);
        }
        catch (SandboxException)
        {
            // The next sweep tries again.
        }
    }

    private static (int Pid, Socket Talk) Spawn(string criu)
    {
        var unshare = HostProgram.Find("unshare")
            ?? throw new SandboxException("There is no unshare on this machine (fix: apt-get install util-linux).");
        var (ours, theirs) = FileDescriptor.SocketPair(Syscalls.SOCK_SEQPACKET);
        using var theirEnd = theirs;
        using var nothing = new FileDescriptor(
            LinuxException.ThrowIfFailed(Syscalls.open("/dev/null", Syscalls.O_RDWR | Syscalls.O_CLOEXEC), "open /dev/null"));
        var spawn = new Spawn
        {
            Path = unshare.Path,
            Arguments =
            [
                "unshare", "--mount", "--propagation", "private", "--",
                criu, "swrk", TalkDescriptor.ToString(CultureInfo.InvariantCulture),
            ],
            Environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
            WorkingDirectory = "/",
            NewSession = true,
            Descriptors = [(nothing.Number, 1), (nothing.Number, 2), (theirs.Number, TalkDescriptor)],
        };
        var error = spawn.TryStart(out var pid);
        if (error != 0)
        {
            ours.Dispose();
            throw new SandboxException($"Cannot execute {unshare.Path}: {Marshal.GetPInvokeErrorMessage(error)}.");
        }

        var talk = new Socket(new SafeSocketHandle(ours.Number, ownsHandle: true));
        ours.SetHandleAsInvalid();
        return (pid, talk);
    }
}
