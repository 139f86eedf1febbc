using System.Text.Json;
using PSBatchExports.Json;

namespace PSBatchExports.Wire;

/// <summary>The response to starting a backfill or retrying a run.</summary>
internal sealed record BackfillCreated
{
    private BackfillCreated(ref Utf8JsonReader json)
    {
        json.EnterObject();
        while (json.NextField(out var name))
        {
            switch (name)
            {
                case "backfill_id": BackfillId = json.Text(); break;
                default: json.Skip(); break;
            }
        }
    }

    internal static BackfillCreated Read(ref Utf8JsonReader json) => new(ref json);

    public string? BackfillId { get; init; }
}
