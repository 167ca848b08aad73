using Microsoft.Extensions.Time.Testing;
using Thaw.Environments;
using Thaw.Environments.Pool;

namespace Thaw.UnitTests.Environments.Pool;

/// <summary>A pool with a clock of its own and environments that the test leads. Nothing happens between two steps of the test.</summary>
internal sealed class PoolStage
{
    private readonly Turns turns = new();

    public PoolStage(PoolSettings? settings = null) => Pool = new(settings ?? new PoolSettings(), Environments, Time);

    public FakeTimeProvider Time { get; } = new();

    public FakeEnvironments Environments { get; } = new();

    public EnvironmentPool Pool { get; }

    public List<FakeEnvironment> Made => Environments.Made;

    public void Do(Action action) => turns.Do(action);

    public T Do<T>(Func<T> function) => turns.Do(function);

    public Task<Lease> Lease(EnvironmentPlan? plan = null) => Do(() => Pool.LeaseAsync(plan ?? FakeEnvironments.Plan()).AsTask());

    /// <summary>A slot in an environment that is made for it.</summary>
    public InvocationSlot LeaseNew(EnvironmentPlan? plan = null)
    {
        var lease = Lease(plan);
        Do(Made[^1].EndInit);
        return Slot(lease);
    }

    /// <summary>A slot that is there at once.</summary>
    public InvocationSlot LeaseNow(EnvironmentPlan? plan = null) => Slot(Lease(plan));

    public void Return(InvocationSlot slot, bool isFit = true) => Do(() => slot.Return(isFit));

    public void Pass(TimeSpan time) => Do(() => Time.Advance(time));

    public static InvocationSlot Slot(Task<Lease> lease)
    {
        Assert.True(lease.IsCompleted, "it still waits");
        return Assert.IsType<Lease.Granted>(lease.Result).Slot;
    }

    public static T Refusal<T>(Task<Lease> lease)
        where T : Lease
    {
        Assert.True(lease.IsCompleted, "it still waits");
        return Assert.IsType<T>(lease.Result);
    }
}
