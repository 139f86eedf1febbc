using System.Diagnostics;
using System.Globalization;
using PSBatchExports.Emulator;

namespace PSBatchExports.Tour;

/// <summary>Runs tour.ps1 against an emulator.</summary>
internal static class PowerShellTour
{
    public static async Task<int> RunAsync(EmulatorHost emulator, string folder)
    {
        var root = Root();
        var start = Engine.CreateStartInfo("-File", Path.Combine(root, "samples", "Tour", "tour.ps1"), "-Folder", folder);
        start.WorkingDirectory = root;
        start.Environment["POSTHOG_PERSONAL_API_KEY"] = emulator.ApiKey;
        start.Environment["POSTHOG_HOST"] = emulator.ApiOrigin.ToString();
        start.Environment["POSTHOG_PROJECT_ID"] = emulator.Options.ProjectId.ToString(CultureInfo.InvariantCulture);
        start.Environment.Remove("POSTHOG_ORGANIZATION_ID");

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

        throw new DirectoryNotFoundException("PSBatchExports.psd1 was not found. Run the tour from a clone of the repository.");
    }
}
