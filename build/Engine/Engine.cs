using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace PSBatchExports;

/// <summary>The PowerShell that tests and samples run in: the one that the repository pins, or the one that PSBATCHEXPORTS_PWSH names.</summary>
internal static class Engine
{
    public static string ExecutablePath { get; } = Find();

    /// <summary>A PowerShell process without profile, prompts and update checks, still to be started.</summary>
    /// <param name="arguments">What follows <c>-NoProfile -NonInteractive</c>.</param>
    public static ProcessStartInfo CreateStartInfo(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(ExecutablePath)
        {
            UseShellExecute = false,
            Environment =
            {
                // The pinned PowerShell is an app host, which looks for .NET in its usual folder only.
                ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")),
                ["POWERSHELL_TELEMETRY_OPTOUT"] = "1",
                ["POWERSHELL_UPDATECHECK"] = "Off",
            },
        };
        foreach (var argument in (string[])["-NoProfile", "-NonInteractive", .. arguments])
            start.ArgumentList.Add(argument);

        return start;
    }

    private static string Find()
    {
        var chosen = Environment.GetEnvironmentVariable("PSBATCHEXPORTS_PWSH");
        if (!string.IsNullOrEmpty(chosen))
            return chosen;

        var pinned = typeof(Engine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "EnginePath").Value!;
        return File.Exists(pinned)
            ? pinned
            : throw new FileNotFoundException($"PowerShell is not at '{pinned}'. Run 'dotnet tool restore' and build again, or set PSBATCHEXPORTS_PWSH.", pinned);
    }
}
