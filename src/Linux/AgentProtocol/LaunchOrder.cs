using System.Globalization;
using System.Text;

namespace Thaw.Linux.AgentProtocol;

/// <summary>
/// What a launcher is told, in one message: the descriptors that its child begins with, where each has to be, and the rest as words.
/// </summary>
/// <param name="OwnNetwork">The child has a network of its own.</param>
/// <param name="Places">The numbers of the descriptors that come with the order.</param>
/// <param name="Plan">What the child is to make of itself.</param>
internal sealed record LaunchOrder(bool OwnNetwork, IReadOnlyList<int> Places, SetupPlan Plan)
{
    private const int MostBytes = 16 * 1024;
    private const string Own = "own", Shared = "shared";

    /// <exception cref="LinuxException">The launcher is gone.</exception>
    internal void Send(int socket, ReadOnlySpan<int> descriptors)
    {
        var places = string.Join(',', Places.Select(place => place.ToString(CultureInfo.InvariantCulture)));
        string[] words = [OwnNetwork ? Own : Shared, places, .. Plan.Words];
        LinuxException.ThrowIfFailed(
            DescriptorMessage.Send(socket, Encoding.UTF8.GetBytes(string.Join('\0', words)), descriptors), "sendmsg");
    }

    /// <summary>Waits for one, and has its descriptors at their places.</summary>
    /// <returns>Null when none will come any more.</returns>
    /// <exception cref="FormatException">It is no order.</exception>
    /// <exception cref="LinuxException">There is no room for the descriptors.</exception>
    internal static LaunchOrder? Receive(int socket)
    {
        var bytes = new byte[MostBytes];
        var count = DescriptorMessage.Receive(socket, bytes, out var received);
        if (count <= 0)
            return null;
        var words = Encoding.UTF8.GetString(bytes, 0, count).Split('\0');
        var places = words is [Own or Shared, var numbers, ..]
            ? numbers.Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray()
            : [];
        if (places.Length == 0 || places.Length != received.Length)
            throw new FormatException("no order to launch");
        Place(received, places);
        return new(words[0] == Own, places, SetupPlan.Parse(words[2..]));
    }

    // One may have to go where another one still is, so all move aside first.
    private static void Place(int[] received, int[] places)
    {
        var aside = received.Concat(places).Max() + 1;
        for (var i = 0; i < received.Length; i++)
        {
            LinuxException.ThrowIfFailed(Syscalls.dup2(received[i], aside + i), "dup2");
            _ = Syscalls.close(received[i]);
        }

        for (var i = 0; i < places.Length; i++)
        {
            LinuxException.ThrowIfFailed(Syscalls.dup2(aside + i, places[i]), "dup2");
            _ = Syscalls.close(aside + i);
        }
    }
}
