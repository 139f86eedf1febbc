using System.Diagnostics;
using System.IO.Pipes;
using System.Text.Json;

namespace PSBatchExports.Pester;

/// <summary>A PowerShell process that runs one suite after the other, each in a runspace of its own.</summary>
internal sealed class PesterWorker : IAsyncDisposable
{
    private static readonly bool IsLongRun = Environment.GetEnvironmentVariable("PSBATCHEXPORTS_LONG_TESTS") == "1";

    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(IsLongRun ? 120 : 8);

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly NamedPipeServerStream _pipe;
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;

    private PesterWorker(NamedPipeServerStream pipe, Process process)
    {
        _pipe = pipe;
        _process = process;
        process.StandardInput.Close();
        _output = process.StandardOutput.ReadToEndAsync();
        _errors = process.StandardError.ReadToEndAsync();
        _reader = new StreamReader(pipe, leaveOpen: true);
        _writer = new StreamWriter(pipe, leaveOpen: true);
    }

    public static async Task<PesterWorker> StartAsync(CancellationToken cancellationToken)
    {
        var name = $"psbatchexports-{Guid.NewGuid():n}";
        const PipeOptions options = PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly;
        var pipe = new NamedPipeServerStream(name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, options);
        var folder = PesterSuite.Metadata("SuitesFolder");
        var script = Path.Combine(folder, "Support", "Start-Worker.ps1");
        var start = Engine.CreateStartInfo("-File", script, name, PesterSuite.Metadata("PesterManifest"));
        start.WorkingDirectory = folder;

        // The processes are short-lived: instrumenting their code costs a third of their time and never pays off.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;

        var worker = new PesterWorker(pipe, Process.Start(start)!);
        var connected = pipe.WaitForConnectionAsync(cancellationToken);
        await Task.WhenAny(connected, worker._process.WaitForExitAsync(cancellationToken), Task.Delay(StartLimit, cancellationToken));
        if (connected.IsCompletedSuccessfully)
            return worker;

        worker._process.Kill(entireProcessTree: true);
        var output = await worker.OutputAsync();
        await worker.DisposeAsync();
        throw new InvalidOperationException($"The worker of Pester did not start.\n{output}");
    }

    /// <summary>Runs tests of a suite.</summary>
    /// <param name="suite">The suite.</param>
    /// <param name="lines">The lines at which the tests to run begin; null for all.</param>
    /// <param name="cancellationToken">Ends the process.</param>
    /// <exception cref="InvalidOperationException">The process ended, or the suite did not end in time.</exception>
    public Task<IReadOnlyList<PesterTest>> RunAsync(
        PesterSuite suite, IReadOnlyCollection<int>? lines, CancellationToken cancellationToken) =>
        AskAsync(new { Paths = (string[])[suite.Path], Lines = lines, SkipRun = false }, cancellationToken);

    /// <summary>The tests of all suites, without a result.</summary>
    public Task<IReadOnlyList<PesterTest>> DiscoverAsync(CancellationToken cancellationToken) =>
        AskAsync(new { Paths = PesterSuite.All.Select(suite => suite.Path), Lines = (int[]?)null, SkipRun = true }, cancellationToken);

    /// <summary>Lets the process end; one that does not is killed, with all that it started.</summary>
    public async ValueTask DisposeAsync()
    {
        await _pipe.DisposeAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task<IReadOnlyList<PesterTest>> AskAsync(object request, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeLimit);
        try
        {
            await _writer.WriteLineAsync(JsonSerializer.Serialize(request, Json).AsMemory(), limit.Token);
            await _writer.FlushAsync(limit.Token);
            var answer = await _reader.ReadLineAsync(limit.Token);
            return answer is not null
                ? JsonSerializer.Deserialize<List<PesterTest>>(answer, Json)!
                : throw new InvalidOperationException($"The process of the suite ended.\n{await OutputAsync()}");
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            _process.Kill(entireProcessTree: true);
            var message = $"The suite did not end within {TimeLimit.TotalMinutes} minutes.\n{await OutputAsync()}";
            throw new InvalidOperationException(message, late);
        }
        catch (Exception broken) when (broken is IOException or JsonException)
        {
            _process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"The process of the suite broke off: {broken.Message}\n{await OutputAsync()}", broken);
        }
    }

    /// <summary>What the process printed, if that can be read: something that it started may still hold its output open.</summary>
    private async Task<string> OutputAsync()
    {
        var all = Task.WhenAll(_output, _errors);
        await Task.WhenAny(all, Task.Delay(TimeSpan.FromSeconds(5)));
        return all.IsCompletedSuccessfully ? string.Concat(await all) : "";
    }
}
