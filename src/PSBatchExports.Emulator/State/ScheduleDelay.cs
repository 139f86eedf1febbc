using System.Buffers.Binary;
using PSBatchExports.Emulator.Data;

namespace PSBatchExports.Emulator.State;

/// <summary>
/// How long after the end of its interval a run starts: a minute, and a jitter that is the same for all runs of an export.
/// </summary>
internal static class ScheduleDelay
{
    private static readonly TimeSpan Minimum = TimeSpan.FromMinutes(1);

    public static TimeSpan Of(StoredExport export, string interval, int seed)
    {
        Span<byte> id = stackalloc byte[16];
        export.Id.TryWriteBytes(id);
        var noise = new Noise(seed, BinaryPrimitives.ReadInt64LittleEndian(id[8..]));
        return Minimum + TimeSpan.FromSeconds(noise.NextInt((int)MaxJitter(interval).TotalSeconds + 1));
    }

    private static TimeSpan MaxJitter(string interval) => interval switch
    {
        "hour" => TimeSpan.FromMinutes(15),
        "day" => TimeSpan.FromMinutes(20),
        "week" => TimeSpan.FromMinutes(30),
        _ => Intervals.LengthOf(interval) / 5,
    };
}
