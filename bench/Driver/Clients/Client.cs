using System.Diagnostics;
using System.Text.Json;
using Thaw.Bench.Wire;
using Thaw.Linux;

namespace Thaw.Bench.Driver.Clients;

/// <summary>One connection, kept alive, blocking. Every answer is checked.</summary>
internal sealed class Client : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpMessage answer = new();

    internal Client(int port)
    {
        Fd = Tcp.Connect(port);
        Tcp.LimitPatience(Fd, Patience);
    }

    internal int Fd { get; }

    /// <summary>From the first byte sent to the last received.</summary>
    internal TimeSpan Invoke(Request request)
    {
        var began = Stopwatch.GetTimestamp();
        Send(request);
        Await();
        var elapsed = Stopwatch.GetElapsedTime(began);
        Check(request);
        return elapsed;
    }

    /// <summary>The median of so many invokes in a row, in microseconds. The first tenth only warms the caches.</summary>
    internal double MedianMicroseconds(Request request, int count)
    {
        var times = new double[count];
        for (var i = -count / 10; i < count; i++)
        {
            var elapsed = Invoke(request);
            if (i >= 0)
                times[i] = elapsed.TotalMicroseconds;
        }

        return Statistics.Median(times);
    }

    internal void Send(Request request) => Tcp.Send(Fd, request.Bytes);

    /// <summary>Takes what has come; true when that completes the answer to the request.</summary>
    internal bool Receive(Request request)
    {
        if (!answer.Receive(Fd))
            throw new BenchException($"the connection was closed in place of an answer: {answer.Text}");
        if (!answer.IsComplete)
            return false;
        Check(request);
        return true;
    }

    public void Dispose() => _ = Syscalls.close(Fd);

    private void Await()
    {
        try
        {
            if (!answer.ReceiveAll(Fd))
                throw new BenchException("the connection was closed in place of an answer");
        }
        catch (LinuxException late) when (late.Errno == Errno.EAGAIN)
        {
            throw new BenchException($"no answer within {Patience.TotalSeconds:0} s");
        }
    }

    private void Check(Request request)
    {
        var isGood = request.IsQueued
            ? answer.Head.StartsWith("HTTP/1.1 202 "u8) && answer.Body.IsEmpty
            : answer.Head.StartsWith("HTTP/1.1 200 "u8) && answer.Header("X-Amz-Function-Error"u8).IsEmpty
                && IsEcho(answer.Body, request.Event);
        if (!isGood)
            throw new BenchException($"an invoke was not answered as it should be, but: {answer.Text}");
        answer.Drop();
    }

    // Python writes JSON with spaces.
    private static bool IsEcho(ReadOnlySpan<byte> body, ReadOnlySpan<byte> sent) =>
        body.SequenceEqual(sent) || JsonElement.DeepEquals(Parse(body), Parse(sent));

    private static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return JsonElement.ParseValue(ref reader);
    }
}
