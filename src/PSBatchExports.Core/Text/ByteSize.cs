using System.Globalization;

namespace PSBatchExports;

/// <summary>Formats sizes for people.</summary>
public static class ByteSize
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>Formats a size like "998 B" or "1.5 MiB", the same in every culture.</summary>
    /// <param name="bytes">The size, in bytes.</param>
    public static string Format(double bytes)
    {
        var unit = 0;
        while (bytes >= 1000 && unit < Units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        var digits = unit == 0 || bytes >= 100 ? 0 : 1;
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Round(bytes, digits)} {Units[unit]}");
    }
}
