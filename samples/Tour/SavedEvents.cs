using System.Text.Json;
using PSBatchExports.Emulator;

namespace PSBatchExports.Tour;

/// <summary>Compares the events in the saved file with those that the emulator generated.</summary>
internal static class SavedEvents
{
    public static int Check(EmulatorHost emulator, string folder)
    {
        var saved = 0;
        foreach (var line in Directory.EnumerateFiles(folder, "*.jsonl", SearchOption.AllDirectories).SelectMany(File.ReadLines))
        {
            using var _ = JsonDocument.Parse(line);
            saved++;
        }

        const int Hours = 24;
        var generated = Hours * emulator.Options.EventsPerHour;
        Console.WriteLine();
        Console.WriteLine($"Events in the saved file: {saved}. Events that the emulator generated: {generated}.");
        if (saved == generated)
            return 0;

        Console.Error.WriteLine("The numbers differ.");
        return 1;
    }
}
