using System.Diagnostics;
using PSBatchExports.Emulator;

namespace PSBatchExports.Tour;

/// <summary>The tour with the real cmdlets in PowerShell.</summary>
internal static class PowerShellTour
{
    public static string? FindPwsh() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh"))
            .FirstOrDefault(File.Exists);

    public static async Task<int> RunAsync(string pwsh, EmulatorHost emulator, string folder)
    {
        Console.WriteLine("pwsh is on PATH: the tour runs the real cmdlets (samples/Tour/tour.ps1).");
        var root = Root();
        var start = new ProcessStartInfo(pwsh)
        {
            ArgumentList =
            {
                "-NoProfile", "-NonInteractive", "-File", Path.Combine(root, "samples", "Tour", "tour.ps1"),
                "-Module", Path.Combine(root, "PSBatchExports.psd1"), "-Folder", folder,
            },
            Environment =
            {
                ["POSTHOG_PERSONAL_API_KEY"] = emulator.ApiKey,
                ["POSTHOG_HOST"] = emulator.ApiOrigin.ToString(),
                ["POSTHOG_PROJECT_ID"] = emulator.Options.ProjectId.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["POSTHOG_ORGANIZATION_ID"] = null,
            },
        };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "PSBatchExports.psd1")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException("The tour runs from a clone of the project: PSBatchExports.psd1 was not found above it.");
    }
}
