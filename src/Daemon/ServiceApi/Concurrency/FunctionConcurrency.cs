using Thaw.Daemon.Functions;
using Thaw.Daemon.ServiceApi.FunctionResources;
using Thaw.Store;

namespace Thaw.Daemon.ServiceApi.Concurrency;

/// <summary>What a function reserves of the account's concurrency, for all of its versions together; spec (service) 13.2.</summary>
internal sealed class FunctionConcurrency(ServiceWorld world)
{
    /// <summary>What all functions without a reservation must be left.</summary>
    private const int MinUnreserved = 100;

    public async Task<ServiceAnswer> PutAsync(ServiceCall call)
    {
        var name = call.UnqualifiedFunction();
        var reserved = call.Body.Number("ReservedConcurrentExecutions", 0, int.MaxValue);
        if (reserved is null)
            call.Violations.Add(null, "reservedConcurrentExecutions", "Member must not be null");
        call.MustBeValid();
        await SetAsync(name, reserved);
        return Answer(reserved);
    }

    public async Task<ServiceAnswer> GetAsync(ServiceCall call)
    {
        var name = call.UnqualifiedFunction();
        return Answer(await world.Store.ReadAsync(view => view.Function(name).ReservedConcurrency));
    }

    public async Task<ServiceAnswer> DeleteAsync(ServiceCall call)
    {
        await SetAsync(call.UnqualifiedFunction(), reserved: null);
        return ServiceAnswer.None;
    }

    private static ServiceAnswer Answer(int? reserved) => reserved is { } number
        ? new(json => json.WriteNumber("ReservedConcurrentExecutions", number))
        : ServiceAnswer.Empty;

    private Task SetAsync(string name, int? reserved) => world.Reservations.ChangeAsync(world.Store, view =>
    {
        var function = view.Function(name);
        var ofOthers = ReservedConcurrency.Reserved(view) - (function.ReservedConcurrency ?? 0L);
        var least = Math.Min(MinUnreserved, world.Concurrency);
        if (reserved is > 0 && world.Concurrency - ofOthers - reserved < least)
        {
            throw LambdaException.InvalidParameterValue("Specified ReservedConcurrentExecutions for function decreases account's "
                + $"UnreservedConcurrentExecution below its minimum value of [{least}].");
        }

        view.Put(Tables.Functions, function with { ReservedConcurrency = reserved });

        // Whoever invokes looks at versions only.
        view.Put(Tables.Versions, view.Latest(name));
    });
}
