using PSBatchExports.Emulator;
using PSBatchExports.Tour;

await using var emulator = await EmulatorHost.StartAsync(new EmulatorOptions { History = TimeSpan.FromDays(40) });
var folder = Directory.CreateTempSubdirectory("psbatchexports-tour-").FullName;
try
{
    Console.WriteLine($"An emulator of PostHog listens at {emulator.ApiOrigin}. PowerShell starts.");
    var exitCode = await PowerShellTour.RunAsync(emulator, folder);
    return exitCode == 0 ? SavedEvents.Check(emulator, folder) : exitCode;
}
finally
{
    Directory.Delete(folder, recursive: true);
}
