using Thaw.Store.Archive;

namespace Thaw.Store.Images;

/// <summary>The files that an image is made of, as it was handed over: in a folder, or in a tar archive.</summary>
internal abstract class ImageFiles(string path)
{
    /// <summary>Where all of it lies.</summary>
    public string Path => path;

    /// <exception cref="UnusableCodeException">There is nothing, or it may not be read.</exception>
    public static ImageFiles At(string path) => Directory.Exists(path) ? new InFolder(path) : new InArchive(path);

    /// <summary>Null when there is no such file.</summary>
    public abstract Stream? Open(string name);

    /// <summary>A file of little text; null when there is none.</summary>
    public byte[]? Read(string name, int maxBytes)
    {
        using var opened = Open(name);
        if (opened is null)
            return null;
        using var file = new CheckedStream(opened, _ => { });
        var bytes = new byte[maxBytes + 1];
        var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return count <= maxBytes ? bytes[..count] : throw ImageFault.Invalid($"{ShownName.Of(name)} has more than {maxBytes} bytes");
    }

    private sealed class InFolder(string path) : ImageFiles(path)
    {
        public override Stream? Open(string name) => PlainFile.OpenBelow(Path, name);
    }

    /// <summary>Knows where each file of the archive begins.</summary>
    private sealed class InArchive : ImageFiles
    {
        /// <summary>Three for each layer are usual.</summary>
        private const int MaxFiles = 100_000;

        /// <summary>All names together. Those of layers have a hundred.</summary>
        private const int MaxLetters = 16_000_000;

        /// <summary>Older versions of Docker have links for layers that are there twice.</summary>
        private const int MostFollowed = 8;

        private readonly Dictionary<string, (long At, long Size)> files = [];
        private readonly Dictionary<string, string> links = [];

        public InArchive(string path)
            : base(path)
        {
            using var archive = PlainFile.Open(path);
            try
            {
                List(archive);
            }
            catch (IOException failure)
            {
                throw ImageFault.Invalid($"{path} cannot be read: {failure.Message.TrimEnd('.')}");
            }
            catch (InvalidDataException broken)
            {
                throw ImageFault.Invalid(IsCompressed(archive)
                    ? $"{path} is compressed: unpack it first, for example by gunzip"
                    : $"{path} is neither an OCI layout nor what 'docker save' writes: {broken.Message}");
            }
        }

        public override Stream? Open(string name)
        {
            for (var followed = 0; followed < MostFollowed && links.TryGetValue(name, out var target); followed++)
                name = target;
            if (!files.TryGetValue(name, out var place))
                return null;
            var archive = PlainFile.Open(Path);
            archive.Position = place.At;
            return new PartOfStream(archive, place.Size);
        }

        private static bool IsCompressed(FileStream archive)
        {
            archive.Position = 0;
            return Compression.Of(archive) != Compression.None;
        }

        private static string Plain(string name) =>
            System.IO.Path.GetFullPath(name, "/").TrimStart('/');

        private void List(FileStream archive)
        {
            var tar = new TarStream(archive);
            var letters = 0;
            while (tar.Next() is { } item)
            {
                letters += item.Name.Length + item.LinkName.Length;
                if (files.Count + links.Count >= MaxFiles || letters > MaxLetters)
                    throw new InvalidDataException($"it holds more than {MaxFiles} files, or their names are too long");
                var name = Plain(item.Name);
                switch (item.Kind)
                {
                    case TarKind.File:
                        files[name] = (archive.Position, item.Size);
                        break;
                    case TarKind.Link:
                        links[name] = Plain($"/{System.IO.Path.GetDirectoryName(name)}/{item.LinkName}");
                        break;
                    case TarKind.HardLink:
                        links[name] = Plain(item.LinkName);
                        break;
                }
            }
        }
    }
}
