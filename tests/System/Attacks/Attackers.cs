using Thaw.SystemTests.Up;
using Thaw.Testing;

namespace Thaw.SystemTests.Attacks;

/// <summary>Functions that run whatever Python their event is, in a process of its own, and answer what that has printed.</summary>
internal static class Attackers
{
    // Its words for attacks: what a call comes to, by the name of the error or its result; a system call by its two numbers.
    private const string Runtime = """
        #!/usr/bin/python3
        import ctypes, errno, http.client, json, os, platform, signal, socket, struct, subprocess, sys, threading, time, traceback
        host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
        api = "/2018-06-01/runtime/invocation"
        libc = ctypes.CDLL(None, use_errno=True)
        def attempt(what):
            try: return what()
            except OSError as problem: return errno.errorcode.get(problem.errno, type(problem).__name__)
        def call(x64, arm64, *arguments):
            ctypes.set_errno(0)
            number = arm64 if platform.machine() == "aarch64" else x64
            result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(each) for each in arguments])
            return errno.errorcode[ctypes.get_errno()] if result < 0 else result
        def run(*program):
            done = subprocess.run(program, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            return done.returncode, done.stdout.decode()
        def dial(address, port):
            def connected():
                with socket.create_connection((address, port), timeout=0.7) as s: return s.recv(100).decode()
            return attempt(connected)
        def said(script):
            said = os.memfd_create("said")
            child = os.fork()
            if child == 0:
                os.dup2(said, 1)
                os.dup2(said, 2)
                os.closerange(3, 1024)
                try: exec(compile(script, "attack", "exec"), globals())
                except BaseException: traceback.print_exc()
                sys.stdout.flush()
                os._exit(0)
            status = os.waitpid(child, 0)[1]
            length = os.lseek(said, 0, os.SEEK_END)
            text = os.pread(said, length, 0).decode(errors="replace") + (f"status {status}" if status else "")
            os.close(said)
            return text
        link = http.client.HTTPConnection(host, int(port))
        while True:
            link.request("GET", f"{api}/next")
            event = link.getresponse()
            script = json.loads(event.read())
            text = said(script)
            link.request("POST", f"{api}/{event.headers['Lambda-Runtime-Aws-Request-Id']}/response", json.dumps(text))
            link.getresponse().read()
        """;

    /// <summary>Those that are not there yet.</summary>
    /// <remarks>Names that begin with "small" have the least memory, and so the least share of the processors.</remarks>
    public static void Write(FunctionsFolder functions, params string[] names)
    {
        foreach (var name in names.Where(name => !File.Exists(functions[name, "thaw.json"])))
        {
            functions.With(name, "bootstrap", Runtime);
            File.SetUnixFileMode(functions[name, "bootstrap"], OpenFiles.Program);
            functions.Described(name, "provided.al2023", "index.handler", timeout: 60, memory: IsSmall(name) ? 128 : 1_769);
        }
    }

    private static bool IsSmall(string name) => name.StartsWith("small", StringComparison.Ordinal);
}
