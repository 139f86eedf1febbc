using System.Globalization;

namespace PSBatchExports.Parameters;

/// <summary>Converts integers, also from floating-point types: spreadsheets, databases and YAML return every number as one.</summary>
internal static class WholeNumbers
{
    /// <returns>The number; null if the value is not an integer or is too large.</returns>
    public static int? Read(object? value) => value switch
    {
        int number => number,
        string text => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null,
        byte or sbyte or short or ushort or uint or long or ulong or float or double or decimal => FromNumber((IConvertible)value),
        _ => null,
    };

    private static int? FromNumber(IConvertible number)
    {
        var wide = number.ToDouble(CultureInfo.InvariantCulture);
        return wide is >= int.MinValue and <= int.MaxValue && wide == Math.Truncate(wide) ? (int)wide : null;
    }
}
