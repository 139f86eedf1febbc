using System.Text.Json;
using PSBatchExports.Emulator;

namespace PSBatchExports.Tour;

/// <summary>Reads the saved file back and compares it with what the emulator made.</summary>
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

        const int hours = 24;
        var generated = hours * emulator.Options.EventsPerHour;
        Console.WriteLine();
        Console.WriteLine($"Events in the saved file: {saved}. Events that the emulator generated: {generated}.");
        if (saved == generated)
            return 0;

        Console.Error.WriteLine("The numbers differ.");
        return 1;
    }
}
