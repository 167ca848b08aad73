using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Thaw.Bench.Driver.Clients;

/// <summary>Event invokes, each with a number of its own, which the function notes down.</summary>
internal sealed class NumberedEvents
{
    private const int Digits = 12;

    private readonly int place;

    internal NumberedEvents(string function, int eventBytes)
    {
        const string Note = "\"note\":\"";
        Request = Request.Queue(function, Note + new string('0', Digits) + "\",\"data\":\"", eventBytes);
        place = Request.Bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Note)) + Note.Length;
    }

    /// <summary>A note in bytes, with the end of its line.</summary>
    internal static int NoteBytes => Digits + 1;

    internal Request Request { get; }

    /// <summary>How many there were: the next number.</summary>
    internal int Count { get; private set; }

    /// <summary>Makes the request another one.</summary>
    internal void Renumber() =>
        Utf8Formatter.TryFormat(Count++, Request.Bytes.AsSpan(place, Digits), out _, new StandardFormat('D', Digits));
}
