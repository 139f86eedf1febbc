using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace PSBatchExports;

/// <summary>The PowerShell that tests and samples run in: PSBATCHEXPORTS_PWSH, or the one that the repository pins.</summary>
internal static class Engine
{
    public static string ExecutablePath { get; } = Find();

    /// <summary>Creates the start info of a PowerShell process without profile, prompts and update checks.</summary>
    /// <param name="arguments">The arguments after <c>-NoProfile -NonInteractive</c>.</param>
    public static ProcessStartInfo CreateStartInfo(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(ExecutablePath)
        {
            UseShellExecute = false,
            Environment =
            {
                // The pinned PowerShell is an app host, which searches for .NET in the default location only.
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
        var configured = Environment.GetEnvironmentVariable("PSBATCHEXPORTS_PWSH");
        if (!string.IsNullOrEmpty(configured))
            return configured;

        var metadata = typeof(Engine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>();
        var pinned = metadata.Single(entry => entry.Key == "EnginePath").Value!;
        if (File.Exists(pinned))
            return pinned;

        throw new FileNotFoundException(
            $"PowerShell is not at '{pinned}'. Run 'dotnet tool restore' and build again, or set PSBATCHEXPORTS_PWSH.",
            pinned);
    }
}
