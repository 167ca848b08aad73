using System.Text.Json;
using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.ServiceApi.FunctionResources;
using Thaw.Daemon.ServiceApi.Requests;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.EventInvokes;

/// <summary>How asynchronous invocations of a qualifier are retried, and where they go in the end; spec (service) 10.2.</summary>
internal sealed class EventInvokeConfigs(ServiceWorld world)
{
    private const int MaxRetries = 2, MinAgeSeconds = 60, MaxAgeSeconds = 21_600;

    /// <summary>What is not said is cleared.</summary>
    public Task<ServiceAnswer> PutAsync(ServiceCall call) => SetAsync(call, (view, target) =>
    {
        view.Version(target);
        return new EventInvokeRecord
        {
            Function = target.Function,
            Qualifier = QualifierOf(target),
            LastModified = world.Time.GetUtcNow(),
        };
    });

    /// <summary>What is not said stays.</summary>
    public Task<ServiceAnswer> UpdateAsync(ServiceCall call) => SetAsync(call, Find);

    public async Task<ServiceAnswer> GetAsync(ServiceCall call)
    {
        var target = call.Function();
        return Answer(await world.Store.ReadAsync(view => Find(view, target)));
    }

    public async Task<ServiceAnswer> DeleteAsync(ServiceCall call)
    {
        var target = call.Function();
        await world.Store.WriteAsync(view =>
        {
            Find(view, target);
            return view.Remove(Tables.EventInvokes, new RecordKey(target.Function, QualifierOf(target)));
        });
        return ServiceAnswer.None;
    }

    public async Task<ServiceAnswer> ListAsync(ServiceCall call)
    {
        var name = call.UnqualifiedFunction();
        var page = Page.Of(call, Page.MaxCount);
        var shown = await world.Store.ReadAsync(view =>
        {
            view.Function(name);
            return view.List(Tables.EventInvokes, name, page.After, page.Count + 1);
        });
        return new(json =>
        {
            json.WriteList("FunctionEventInvokeConfigs", shown.Take(page.Count), Write);
            if (shown.Count > page.Count)
                json.WriteString("NextMarker", shown[page.Count - 1].Qualifier);
        });
    }

    private static string QualifierOf(InvokeTarget target) => target.Qualifier ?? VersionRecord.Latest;

    private static string ArnOf(string function, string qualifier) => $"{FunctionConfiguration.LocalArn(function)}:{qualifier}";

    private static EventInvokeRecord Find(IStoreReader view, InvokeTarget target)
    {
        view.Function(target.Function);
        var qualifier = QualifierOf(target);
        return view.Find(Tables.EventInvokes, new RecordKey(target.Function, qualifier)) ?? throw LambdaException.NotFound(
            $"The function {ArnOf(target.Function, qualifier)} doesn't have an EventInvokeConfig");
    }

    private async Task<ServiceAnswer> SetAsync(ServiceCall call, Func<IStoreReader, InvokeTarget, EventInvokeRecord> basis)
    {
        var (body, target) = (call.Body, call.Function());
        var retries = body.Number("MaximumRetryAttempts", 0, MaxRetries);
        var age = body.Number("MaximumEventAgeInSeconds", MinAgeSeconds, MaxAgeSeconds);
        var destinations = body.Object("DestinationConfig");
        var onSuccess = destinations?.Object("OnSuccess")?.Text("Destination", Constraints.Destination);
        var onFailure = destinations?.Object("OnFailure")?.Text("Destination", Constraints.Destination);
        call.MustBeValid();
        if (retries is null && age is null && destinations is null)
            throw LambdaException.InvalidParameterValue("You must specify at least one of error handling or destination setting.");
        MustBeElsewhere(onSuccess, "OnSuccess", target);
        MustBeElsewhere(onFailure, "OnFailure", target);
        return Answer(await world.Store.WriteAsync(view =>
        {
            view.Function(target.Function);
            var was = basis(view, target);
            var config = was with
            {
                MaximumRetryAttempts = retries ?? was.MaximumRetryAttempts,
                MaximumEventAgeInSeconds = age ?? was.MaximumEventAgeInSeconds,
                OnSuccess = onSuccess is null ? was.OnSuccess : Set(onSuccess),
                OnFailure = onFailure is null ? was.OnFailure : Set(onFailure),
                LastModified = world.Time.GetUtcNow(),
            };
            view.Put(Tables.EventInvokes, config);
            return config;
        }));
    }

    private static string? Set(string text) => text.Length == 0 ? null : text;

    private static void MustBeElsewhere(string? destination, string kind, InvokeTarget target)
    {
        if (destination is null)
            return;
        if (kind == "OnSuccess" && destination.Split(':').ElementAtOrDefault(2) == "s3")
            throw LambdaException.InvalidParameterValue("An S3 bucket can be the destination of OnFailure only.");
        if (destination.Contains(":lambda:", StringComparison.Ordinal) && FunctionName.Parse(destination)?.Name == target.Function)
        {
            throw LambdaException.InvalidParameterValue(
                $"You can't specify the function as a destination for itself: {destination}");
        }
    }

    private static ServiceAnswer Answer(EventInvokeRecord config) => new(json => Write(json, config));

    private static void Write(Utf8JsonWriter json, EventInvokeRecord config)
    {
        json.WriteNumber("LastModified", config.LastModified.ToUnixTimeMilliseconds() / 1000.0);
        json.WriteString("FunctionArn", ArnOf(config.Function, config.Qualifier));
        if (config.MaximumRetryAttempts is { } retries)
            json.WriteNumber("MaximumRetryAttempts", retries);
        if (config.MaximumEventAgeInSeconds is { } age)
            json.WriteNumber("MaximumEventAgeInSeconds", age);
        json.WriteObject("DestinationConfig", part =>
        {
            part.WriteObject("OnSuccess", on => on.WriteText("Destination", config.OnSuccess));
            part.WriteObject("OnFailure", on => on.WriteText("Destination", config.OnFailure));
        });
    }
}
