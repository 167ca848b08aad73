using System.IO.Compression;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Thaw.WarmProfile;

/// <summary>
/// A profile as the ahead-of-time compiler reads it: a packed assembly whose methods are never run. Their instructions list methods and
/// what was counted in them; a first one lists the lists, by the assemblies that one has to know to read each.
/// </summary>
internal sealed class ProfileFile
{
    private readonly string name;
    private readonly MetadataBuilder metadata = new();
    private readonly References references;
    private readonly SortedDictionary<string, InstructionEncoder> lists = new(StringComparer.Ordinal);

    public ProfileFile(string name, Recording recording, Assemblies assemblies)
    {
        this.name = name;
        references = new References(metadata, recording, assemblies);
    }

    /// <summary>How many methods it has, and how many it could not have because something in them has no name.</summary>
    public int Methods { get; private set; }

    public int Unnamed { get; private set; }

    public void TryAdd(RecordedProfile profile)
    {
        if (references.Method(profile.Method) is not { IsNil: false } method)
        {
            Unnamed++;
            return;
        }

        Methods++;
        var group = string.Concat(references.AssembliesOf(profile.Method).Select(assembly => assembly + ";"));
        if (!lists.TryGetValue(group, out var list))
            lists[group] = list = new InstructionEncoder(new BlobBuilder());
        list.OpCode(ILOpCode.Ldtoken);
        list.Token(method);
        list.LoadString(metadata.GetOrAddUserString("InstrumentationDataStart"));
        foreach (var probe in profile.Probes)
            Write(list, probe);
        list.LoadString(metadata.GetOrAddUserString("InstrumentationDataEnd"));
        // The second one is for a method that is gone: the compiler takes the first for a part of it, and would pass over the next method.
        list.OpCode(ILOpCode.Pop);
        list.OpCode(ILOpCode.Pop);
    }

    public void Save(string path)
    {
        using var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        var entry = archive.CreateEntry(name + ".dll", CompressionLevel.SmallestSize);
        entry.LastWriteTime = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var stream = entry.Open();
        Assembly().WriteContentTo(stream);
    }

    private void Write(InstructionEncoder list, Probe probe)
    {
        const int AllFollow = 15;
        int[] head = [AllFollow, probe.Offset, probe.Kind, probe.Values.Length, probe.Other];
        foreach (var number in head)
            list.LoadConstantI4(number);
        foreach (var value in probe.Values)
        {
            var handle = probe.HoldsTypes ? references.Type((ulong)value) : probe.HoldsMethods ? references.Method((ulong)value) : default;
            if (!handle.IsNil)
            {
                list.OpCode(ILOpCode.Ldtoken);
                list.Token(handle);
            }
            else if (probe.HoldsTypes || probe.HoldsMethods)
            {
                list.LoadConstantI4(value == 0 ? 0 : 1);    // None, or one that cannot be told.
            }
            else if (value == (int)value)
            {
                list.LoadConstantI4((int)value);
            }
            else
            {
                list.LoadConstantI8(value);
            }
        }
    }

    private BlobBuilder Assembly()
    {
        metadata.AddModule(0, metadata.GetOrAddString(name), metadata.GetOrAddGuid(new Guid(1, 0, 0, new byte[8])), default, default);
        metadata.AddAssembly(metadata.GetOrAddString(name), new Version(0, 0, 0, 0), default, default, default, AssemblyHashAlgorithm.None);
        metadata.AddTypeDefinition(default, default, metadata.GetOrAddString("<Module>"), default,
            MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));

        var code = new BlobBuilder();
        var bodies = new MethodBodyStreamEncoder(code);
        var first = new InstructionEncoder(new BlobBuilder());
        foreach (var (group, list) in lists)
        {
            first.LoadString(metadata.GetOrAddUserString(group));
            first.OpCode(ILOpCode.Ldtoken);
            first.Token(AddMethod(bodies, "Assemblies_" + group, list));
            first.OpCode(ILOpCode.Pop);
        }
        AddMethod(bodies, "AssemblyDictionary", first);

        var file = new BlobBuilder();
        new ManagedPEBuilder(new PEHeaderBuilder(), new MetadataRootBuilder(metadata), code,
            deterministicIdProvider: _ => new BlobContentId(new Guid(1, 0, 0, new byte[8]), 1)).Serialize(file);
        return file;
    }

    private MethodDefinitionHandle AddMethod(MethodBodyStreamEncoder bodies, string method, InstructionEncoder instructions)
    {
        var signature = new BlobBuilder();
        new BlobEncoder(signature).MethodSignature().Parameters(0, result => result.Void(), _ => { });
        return metadata.AddMethodDefinition(MethodAttributes.Public | MethodAttributes.Static, MethodImplAttributes.IL,
            metadata.GetOrAddString(method), metadata.GetOrAddBlob(signature), bodies.AddMethodBody(instructions), default);
    }
}
