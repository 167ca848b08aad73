using Thaw.Environments.Pool;
using Thaw.Lifecycle;

namespace Thaw.SimulationTests.Fleets;

/// <summary>
/// A whole service in a made-up world: the real router, limiter, pool and lifecycles; scripted callers, participants and sandboxes.
///
///   callers --> InvocationRouter --> EnvironmentPool --> WatchedEnvironment --> EnvironmentLifecycle --> scripts
///      |                                                       |
///      +-----------------------> Ledger &lt;----------------------+   what is seen from outside, and judged
/// </summary>
internal sealed class FleetWorld
{
    private static readonly TimeSpan[] IdleLifetimes = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(10)];
    private static readonly TimeSpan[] Lifetimes = [TimeSpan.FromSeconds(15), TimeSpan.FromHours(4)];
    private static readonly int[] Patiences = [0, 20, 500], AccountLimits = [1, 2, 4, 8, 16, 50];

    private readonly CancellationTokenSource draining = new();
    private readonly EnvironmentPool pool;
    private readonly bool drainsEarly;
    private readonly bool hasSnapshots;

    /// <param name="hasSnapshots">Its functions are for SnapStart.</param>
    public FleetWorld(int seed, bool isTraced, bool hasSnapshots)
    {
        this.hasSnapshots = hasSnapshots;
        World = new World(seed, isTraced);
        var random = World.Random;
        IsFaultless = random.Next(4) == 0;
        Faults = IsFaultless ? Faults.None(random) : new Faults(random);
        drainsEarly = random.Next(5) == 0;
        Functions = [.. Enumerable.Range(1, 1 + random.Next(3))
            .Select(number => new SimulatedFunction(World, $"function-{number}", hasSnapshots))];
        BudgetMegabytes = SimulatedFunction.MaxMemoryMegabytes * (1 + random.Next(6));
        PoolSettings = new PoolSettings
        {
            IdleLifetime = IdleLifetimes[random.Next(IdleLifetimes.Length)],
            Lifetime = Lifetimes[random.Next(Lifetimes.Length)],
            FinishingPatience = TimeSpan.FromMilliseconds(Patiences[random.Next(Patiences.Length)]),
            StartsAtOnce = 1 + random.Next(4),
            MemoryBytes = BudgetMegabytes * 1024L * 1024,
        };
        Limiter = new ConcurrencyLimiter(AccountLimits[random.Next(AccountLimits.Length)]);
        Ledger = new Ledger(this);
        pool = new EnvironmentPool(PoolSettings, new SimulatedEnvironments(this), World.Time);
        Router = new InvocationRouter(pool, Limiter);
    }

    public World World { get; }

    public Faults Faults { get; }

    /// <summary>Nothing goes wrong in it from beginning to end.</summary>
    public bool IsFaultless { get; }

    public IReadOnlyList<SimulatedFunction> Functions { get; }

    public int BudgetMegabytes { get; }

    public PoolSettings PoolSettings { get; }

    public ConcurrencyLimiter Limiter { get; }

    public InvocationRouter Router { get; }

    public Ledger Ledger { get; }

    /// <summary>The pool is being drained.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>In the worst case everyone before it needs a start that fails by its time limit, one after the other.</summary>
    public TimeSpan AnswerBound =>
        TimeSpan.FromSeconds(IsFaultless ? 5 : hasSnapshots ? 160 : 20) * (Limiter.Limit + 1) + SimulatedFunction.MaxTimeout;

    public void Live()
    {
        if (!World.Tell(LiveAsync, maxJumps: 50_000))
            World.Violate($"the world hangs; unanswered: {string.Join(", ", Unanswered())}; living: {Ledger.Living}");
    }

    private async Task LiveAsync()
    {
        KeepSpares(most: 3);
        await WorkAsync();
        Faults.Heal();
        KeepSpares(most: 0);
        if (!IsClosed)
        {
            await Task.WhenAll(Ledger.Calls.Select(call => call.Ended ?? Task.CompletedTask));
            await Task.Delay(TimeSpan.FromSeconds(30), World.Time);
            foreach (var function in Functions)
                await RecoverAsync(function);
            if (World.Random.Next(2) == 0)
                await GrowOldAsync();
        }

        await DrainAsync();
        await CheckAnswersAsync();
        await pool.DisposeAsync();
    }

    private async Task WorkAsync()
    {
        var random = World.Random;
        List<Task> work = [];
        for (var count = 2 + random.Next(4); count > 0; count--)
        {
            var caller = new Caller(this, Functions[random.Next(Functions.Count)]);
            work.Add(random.Next(2) == 0
                ? caller.OneAfterTheOtherAsync(2 + random.Next(10), random.Next(2) * random.Next(5_000))
                : caller.AtOnceAsync(2 + random.Next(8), 15_000));
        }

        if (random.Next(2) == 0)
            work.Add(EditAsync(1 + random.Next(3)));
        if (random.Next(4) == 0)
            work.Add(ForgetAsync());
        if (hasSnapshots)
            work.Add(LoseSnapshotsAsync(random.Next(4)));
        for (var count = hasSnapshots ? random.Next(5) : 0; count > 0; count--)
            work.Add(BorrowAsync());
        if (drainsEarly)
            work.Add(DrainSoonAsync());
        await Task.WhenAll(work);
    }

    private async Task EditAsync(int count)
    {
        for (; count > 0; count--)
        {
            await World.Pause(10_000, CancellationToken.None);
            Functions[World.Random.Next(Functions.Count)].Edit();
            KeepSpares(most: 3);
        }
    }

    private void KeepSpares(int most)
    {
        foreach (var function in hasSnapshots ? Functions : [])
        {
            pool.KeepSpares(function.Plan, World.Random.Next(most + 1));
            function.Leases(function.Plan);
        }
    }

    private async Task ForgetAsync()
    {
        await World.Pause(15_000, CancellationToken.None);
        var function = Functions[World.Random.Next(Functions.Count)];
        function.Forgotten();
        pool.Forget(function.Plan.Version);
    }

    private async Task LoseSnapshotsAsync(int count)
    {
        for (; count > 0; count--)
        {
            await World.Pause(5_000, CancellationToken.None);
            Functions[World.Random.Next(Functions.Count)].LoseSnapshot();
        }
    }

    /// <summary>Somebody takes a snapshot of an environment of his own, unless he loses patience.</summary>
    private async Task BorrowAsync()
    {
        await World.Pause(10_000, CancellationToken.None);
        var plan = Functions[World.Random.Next(Functions.Count)].Plan;
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(1 + World.Random.Next(60_000)), World.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, draining.Token);
        Ledger.WantsLoan(plan);
        try
        {
            using var loan = await pool.BorrowAsync(plan, either.Token);
            Ledger.Borrows(plan);
            await World.Pause(10_000, CancellationToken.None);
            Ledger.GivesBack(plan);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            World.Note($"nobody wants an original of {plan.Function.Name} any more");
        }
        finally
        {
            Ledger.WantsNoLoan(plan);
        }
    }

    private async Task DrainSoonAsync()
    {
        await World.Pause(15_000, CancellationToken.None);
        await DrainAsync();
    }

    /// <summary>Whatever has happened: now that nothing goes wrong any more, calls succeed again.</summary>
    private async Task RecoverAsync(SimulatedFunction function)
    {
        for (var attempt = 1; attempt <= 4; attempt++)
        {
            var nothingLives = Ledger.Living == 0;
            var call = await new Caller(this, function).CallAsync();
            if (nothingLives && call.Ended is not null && Ledger.LastCreation > call.RoutedAt)
                World.Violate($"{call} waited before a start, for nobody");
            if (call.Ended is not null && (await call.Ended).IsSuccess)
                return;
            await Task.Delay(TimeSpan.FromSeconds(10), World.Time);
        }

        World.Violate($"{function.Plan.Function.Name} does not recover");
    }

    private async Task GrowOldAsync()
    {
        // A spare one that hangs in an Init of SnapStart may do so longest of all.
        var longest = TimeSpan.FromSeconds(hasSnapshots ? 160 : 10);
        await Task.Delay(PoolSettings.IdleLifetime * 1.2 + longest, World.Time);
        if (Ledger.Living > 0)
            World.Violate($"{Ledger.Living} environments live on without work");
    }

    private async Task DrainAsync()
    {
        World.Note("drain");
        IsClosed = true;
        var began = World.Time.GetTimestamp();
#pragma warning disable CA1849 // The other one leaves the world's scheduler.
        draining.Cancel();
#pragma warning restore CA1849
        await pool.DrainAsync();
        World.Note("drained");
        if (World.Time.GetElapsedTime(began) > AnswerBound + AnswerBound)
            World.Violate($"the drain took {World.Time.GetElapsedTime(began)}");
        if (Ledger.Living > 0)
            World.Violate($"{Ledger.Living} environments survived the drain");
    }

    private async Task CheckAnswersAsync()
    {
        foreach (var call in Ledger.Calls)
        {
            if (call.Ended is not null)
                CheckAnswer(call, await EndAsync(call));
            else if (call.Response!.Answered.IsCompleted)
                World.Violate($"{call} was turned away, and answered");
        }

        if (Limiter.Entered != 0)
            World.Violate($"the limiter stands at {Limiter.Entered}");
        if (pool.MemoryTaken != 0)
            World.Violate($"{pool.MemoryTaken} bytes are set aside for nobody");
    }

    // A slow caller may still be reading.
    private async Task<PhaseOutcome> EndAsync(Call call)
    {
        await Task.WhenAny(call.Response!.Answered, Task.Delay(TimeSpan.FromSeconds(10), World.Time));
        return await call.Ended!;
    }

    private void CheckAnswer(Call call, PhaseOutcome outcome)
    {
        var response = call.Response!;
        if (!response.Answered.IsCompleted)
            World.Violate($"{call} was accepted and never answered");
        else if (response.Error is null ? response.Body != call.Id : !IsOwn(response.Error, call))
            World.Violate($"{call} got an answer that is not its own: {response.Body ?? Text(response.Error!)}");
        if (outcome.IsSuccess && response.Error is { ErrorType.IsPlatformFault: true })
            World.Violate($"{call} succeeded, and its caller got {Text(response.Error)}");
        if (IsFaultless && (!outcome.IsSuccess || response.Error is { ErrorType.Name: not ScriptedRuntime.HandlerError }))
            World.Violate($"{call} failed though everyone behaves: {outcome}");
    }

    // What a runtime posts when its Init fails is everybody's.
    private static bool IsOwn(InvocationError error, Call call) =>
        error.ErrorType.Name == ScriptedRuntime.HandlerError
            ? Text(error) == call.Id || Text(error) == ScriptedRuntime.InitError
            : Text(error).Contains($"{call} ", StringComparison.Ordinal);

    private static string Text(InvocationError error) => System.Text.Encoding.UTF8.GetString(error.Body.Span);

    private IEnumerable<Call> Unanswered() =>
        Ledger.Calls.Where(call => call is { Ended: not null, Response.Answered.IsCompleted: false });
}
