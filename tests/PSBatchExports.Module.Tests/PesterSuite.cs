using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace PSBatchExports.Module.Tests;

/// <summary>One tests/Pester/*.Tests.ps1, run in a process of its own.</summary>
internal static class PesterSuite
{
    /// <summary>What Invoke-Suite.ps1 exits with where it has nothing to run the suite with.</summary>
    private const int ExitCannotRun = 77;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(8);

    public static IEnumerable<string> Names() =>
        Directory.EnumerateFiles(Repository.PathTo("tests", "Pester"), "*.Tests.ps1")
            .Select(path => Path.GetFileName(path)[..^".Tests.ps1".Length])
            .Order(StringComparer.Ordinal);

    public static async Task RunAsync(string suite, CancellationToken stop)
    {
        var result = Path.Combine(ResultsFolder(), suite + ".pester.json");
        File.Delete(result);

        using var process = Start(suite, result);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        await WaitAsync(suite, process, stop);
        var text = await output + await errors;

        if (process.ExitCode == ExitCannotRun)
            Assert.Skip($"{suite}: {text.Trim()}");
        if (!File.Exists(result))
            Assert.Fail($"{suite} ended with exit code {process.ExitCode} and left no result.\n{text}");

        using var outcome = JsonDocument.Parse(await File.ReadAllTextAsync(result, CancellationToken.None));
        var failures = outcome.RootElement.GetProperty("failures").EnumerateArray()
            .Select(failure => $"{failure.GetProperty("name").GetString()}\n    {failure.GetProperty("message").GetString()}")
            .ToList();
        Assert.True(failures.Count == 0, $"{failures.Count} failed in {suite}:\n{string.Join("\n", failures)}");
        Assert.True(process.ExitCode == 0, $"{suite} ended with exit code {process.ExitCode}.\n{text}");
    }

    private static string ResultsFolder()
    {
        var folder = Environment.GetEnvironmentVariable("PSBATCHEXPORTS_TEST_RESULTS");
        if (string.IsNullOrEmpty(folder))
            folder = Path.Combine(AppContext.BaseDirectory, "TestResults");
        return Directory.CreateDirectory(folder).FullName;
    }

    private static Process Start(string suite, string result)
    {
        var start = new ProcessStartInfo("pwsh")
        {
            WorkingDirectory = Repository.Root,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "-NoProfile",
                "-NonInteractive",
                "-File",
                Repository.PathTo("tests", "Pester", "Support", "Invoke-Suite.ps1"),
                "-Path",
                Repository.PathTo("tests", "Pester", suite + ".Tests.ps1"),
                "-Result",
                result,
            },
            Environment = { ["POWERSHELL_TELEMETRY_OPTOUT"] = "1", ["POWERSHELL_UPDATECHECK"] = "Off" },
        };

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{suite}: pwsh (PowerShell 7.4 or newer) is not on PATH.");
            throw;
        }
    }

    private static async Task WaitAsync(string suite, Process process, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(TimeLimit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{suite} did not end within {TimeLimit.TotalMinutes} minutes.");
        }
    }
}
