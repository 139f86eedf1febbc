using System.Text.Json;
using PSBatchExports.Json;

namespace PSBatchExports.Wire;

/// <summary>The response to counting rows.</summary>
internal sealed record RowCount
{
    private RowCount(ref Utf8JsonReader json)
    {
        json.EnterObject();
        while (json.NextField(out var name))
        {
            switch (name)
            {
                case "count": Count = json.Required(json.Long()); break;
                default: json.Skip(); break;
            }
        }
    }

    internal static RowCount Read(ref Utf8JsonReader json) => new(ref json);

    public long Count { get; init; }
}
