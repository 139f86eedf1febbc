using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace PSBatchExports.Http.Pagination;

/// <summary>The limit and offset of a request.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly partial record struct OffsetWindow(long Limit, long Offset)
{
    public long End => Offset + Limit;

    /// <summary>Reads a query that holds a limit and an offset and nothing else; null for any other.</summary>
    public static OffsetWindow? Parse(string query)
    {
        if (LimitAndOffset().Match(query) is not { Success: true } match)
            return null;

        var offset = match.Groups["offset"];
        return new OffsetWindow(Number(match.Groups["limit"]), offset.Success ? Number(offset) : 0);
    }

    public string ToQuery()
    {
        var query = new Query().Add("limit", Limit);
        return (Offset > 0 ? query.Add("offset", Offset) : query).ToString();
    }

    private static long Number(Group digits) => long.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^\?limit=(?<limit>[0-9]{1,4})(&offset=(?<offset>[0-9]{1,18}))?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex LimitAndOffset();
}
