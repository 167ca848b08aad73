using System.Diagnostics;
using System.Text.RegularExpressions;
using Thaw.Testing;

namespace Thaw.SystemTests.Up;

/// <summary>
/// A container image of this machine's bash with its libraries, and nothing else. Its entry point speaks the Runtime API by bash alone, and
/// answers each event, which is a text, with what bash prints when it runs that.
/// </summary>
internal static partial class BashImage
{
    public const string EntryPoint = "/usr/local/bin/runtime";

    private const string Runtime = """
        #!/bin/bash
        host=${AWS_LAMBDA_RUNTIME_API%:*} port=${AWS_LAMBDA_RUNTIME_API#*:}
        call() {
          exec 3<>/dev/tcp/$host/$port
          printf '%s /2018-06-01/runtime/%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n' "$1" "$2" >&3
          printf 'Content-Length: %d\r\n\r\n%s' ${#3} "$3" >&3
          id= length=0 body=
          while IFS=$'\r' read -r line _ <&3 && [[ $line ]]; do
            case ${line,,} in
              lambda-runtime-aws-request-id:*) id=${line#*: } ;;
              content-length:*) length=${line#*: } ;;
            esac
          done
          ((length)) && read -r -N "$length" body <&3
          exec 3>&-
        }
        words="$*"
        while :; do
          call GET invocation/next
          event=${body#\"} event=${event%\"}
          call POST "invocation/$id/response" "$(eval "$event" 2>&1)"
        done
        """;

    private const string Extension = """
        #!/bin/bash
        say() {
          exec 3<>/dev/tcp/127.0.0.1/9001
          printf '%s /2020-01-01/extension/%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n' "$1" "$2" "$3" >&3
          printf 'Content-Length: %d\r\n\r\n%s' ${#4} "$4" >&3
          while IFS=$'\r' read -r line _ <&3 && [[ $line ]]; do
            [[ ${line,,} == lambda-extension-identifier:* ]] && id=${line#*: }
          done
          exec 3>&-
        }
        say POST register 'Lambda-Extension-Name: watcher' '{"events":[]}'
        echo there > /tmp/extension
        while :; do say GET event/next "Lambda-Extension-Identifier: $id"; done
        """;

    /// <summary>One whose files say this word.</summary>
    public static WrittenImage Of(string word) => new WrittenImage()
        .WithLayer(tar =>
        {
            foreach (var file in Files())
                tar.File(file.TrimStart('/'), File.ReadAllBytes(file));
            tar.File("usr/local/bin/runtime", Runtime).Link("bin/sh", "bash").Folder("app").File("app/here")
                .File("etc/passwd", "root:x:0:0:of the image:/root:/bin/sh\n").Link("etc/hosts", "/nowhere").Link("tmp", "/app");
        }, gzip: false)
        .WithLayer(tar => tar.File("word", word).File("etc/secret", "only root's", UnixFileMode.UserRead))
        .WithEntryPoint("runtime")
        .WithCommand("from", "the image")
        .WithEnv("PATH=/usr/local/bin:/bin", "OF=image", "BOTH=image", "AWS_REGION=image")
        .WithWorkingDir("/app");

    public static WrittenImage WithExtension(this WrittenImage image) =>
        image.WithLayer(tar => tar.Folder("really/extensions").Link("opt", "/really").File("opt/extensions/watcher", Extension)
            .Link("opt/extensions/away", "/etc").Folder("opt/extensions/folder"));

    private static IEnumerable<string> Files()
    {
        using var ldd = Process.Start(new ProcessStartInfo("ldd", ["/bin/bash"]) { RedirectStandardOutput = true })!;
        var text = ldd.StandardOutput.ReadToEnd();
        ldd.WaitForExit();
        return LibraryForm().Matches(text).Select(match => match.Value).Append("/bin/bash");
    }

    [GeneratedRegex(@"/\S+\.so[.\d]*", RegexOptions.CultureInvariant)]
    private static partial Regex LibraryForm();
}
