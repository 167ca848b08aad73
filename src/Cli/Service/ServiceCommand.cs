using System.Net.Sockets;
using Thaw.Cli.CommandLine;

namespace Thaw.Cli.Service;

/// <summary>A command that talks to a daemon: what it says when there is none, or when that refuses.</summary>
/// <param name="name">As it is typed, for example <c>thaw list</c>.</param>
/// <param name="shown">What it prints, for example <c>the list</c>.</param>
internal sealed class ServiceCommand(string name, string shown, Terminal terminal, TimeProvider time)
{
    /// <summary>EPIPE's number: nobody reads what we print.</summary>
    private const int BrokenPipe = 32;

    /// <summary>Runs it and returns its exit status.</summary>
    public async Task<int> RunAsync(Uri endpoint, Func<ServiceClient, Task<int>> talk)
    {
        using var client = new ServiceClient(endpoint, RequestSigner.Of(Environment.GetEnvironmentVariable, time));
        try
        {
            return await talk(client);
        }
        catch (HttpRequestException failure) when (failure.HttpRequestError != HttpRequestError.ResponseEnded)
        {
            return Fails($"no daemon answers at {client.Address}; start one by thaw up, or name another by {EndpointOption.Name} "
                + $"or {EndpointOption.Variable}");
        }
        catch (Exception cut) when (cut is HttpRequestException or HttpIOException or IOException { InnerException: SocketException })
        {
            return Fails($"the daemon at {client.Address} went away in the middle; start it again by thaw up");
        }
        catch (IOException unread) when (unread.HResult == BrokenPipe)
        {
            // Whoever had it piped to him, head or grep -m1, has seen enough.
            return ExitStatus.Success;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Fails($"{shown} cannot be written: {failure.Message}");
        }
    }

    /// <summary>The daemon has refused.</summary>
    public int Refused(ServiceClient client, ServiceAnswer answer) => Fails($"{client.Address} answers: {answer.Problem}");

    public int Fails(string problem, int status = ExitStatus.Unusable)
    {
        Says(problem);
        return status;
    }

    /// <summary>A line about what goes on.</summary>
    public void Says(string text) => terminal.Error.WriteLine($"{name}: {text}");
}
