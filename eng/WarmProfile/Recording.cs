namespace Thaw.WarmProfile;

/// <summary>A type as the runtime knew it, by its number there: a definition and what it is filled with, or an array.</summary>
internal sealed record RecordedType(ulong Module, int Token, bool IsArray, ulong[] Arguments);

/// <summary>A method as the runtime knew it, by its number there.</summary>
internal sealed record RecordedMethod(ulong Type, int Token, ulong[] Arguments);

/// <summary>What the runtime counted in one method.</summary>
internal sealed record RecordedProfile(ulong Method, IReadOnlyList<Probe> Probes);

/// <summary>What a trace says about methods: who they are, and what was counted in them.</summary>
internal sealed class Recording
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const int BulkType = 15, MethodDetails = 72, ModuleLoad = 152, Instrumentation = 298;
    private const int ArrayFlag = 8;

    private readonly Dictionary<ulong, RecordedType> types = [];
    private readonly Dictionary<ulong, RecordedMethod> methods = [];
    private readonly Dictionary<ulong, string> modules = [];
    private readonly Dictionary<ulong, RecordedProfile> profiles = [];

    public IReadOnlyDictionary<ulong, RecordedType> Types => types;

    public IReadOnlyDictionary<ulong, RecordedMethod> Methods => methods;

    /// <summary>The files that the runtime loaded.</summary>
    public IReadOnlyDictionary<ulong, string> Modules => modules;

    public IReadOnlyCollection<RecordedProfile> Profiles => profiles.Values;

    public static Recording Read(string path)
    {
        var recording = new Recording();
        Nettrace.Read(File.ReadAllBytes(path), Runtime, recording.Hear);
        return recording;
    }

    private void Hear(int number, ReadOnlyMemory<byte> bytes)
    {
        var payload = new Payload(bytes.Span);
        switch (number)
        {
            case BulkType: HearTypes(ref payload); break;
            case MethodDetails: HearMethod(ref payload); break;
            case ModuleLoad: HearModule(ref payload); break;
            case Instrumentation: HearProfile(ref payload); break;
        }
    }

    private void HearTypes(ref Payload payload)
    {
        var count = payload.Int32();
        payload.UInt16();
        for (var at = 0; at < count; at++)
        {
            var id = payload.UInt64();
            var module = payload.UInt64();
            var token = payload.Int32();
            var flags = payload.Int32();
            payload.Byte();
            payload.Text();
            types[id] = new RecordedType(module, token, (flags & ArrayFlag) != 0, payload.UInt64s(payload.Int32()));
        }
    }

    private void HearMethod(ref Payload payload)
    {
        var id = payload.UInt64();
        var type = payload.UInt64();
        var token = payload.Int32();
        var arguments = payload.Int32();
        payload.UInt64();
        methods[id] = new RecordedMethod(type, token, payload.UInt64s(arguments));
    }

    private void HearModule(ref Payload payload)
    {
        var id = payload.UInt64();
        payload.Take(16);
        modules[id] = payload.Text();
    }

    private void HearProfile(ref Payload payload)
    {
        payload.Take(6);
        var size = payload.Int32();
        var method = payload.UInt64();
        payload.Take(12);
        for (var name = 0; name < 3; name++)
            payload.Text();
        profiles[method] = new RecordedProfile(method, Probe.Read(payload.Take(size)));
    }
}
