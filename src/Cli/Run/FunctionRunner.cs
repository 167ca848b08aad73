namespace Thaw.Cli.Run;

/// <summary>
/// Runs a function through its whole life. The stream ends after Shutdown; when <paramref name="stop"/> fires the environment is
/// shut down and the stream still ends by itself, so that nothing is left behind.
/// </summary>
public delegate IAsyncEnumerable<RunOutput> FunctionRunner(RunOptions options, ReadOnlyMemory<byte> payload, CancellationToken stop);
