using System.Collections;
using System.Globalization;

namespace PSBatchExports.Integrations;

/// <summary>
/// The integrations that an export refers to: that of its destination, and those that a Redshift export reads its bucket with, which the
/// service does not look at when it deletes one (docs/wire.md, section 16).
/// </summary>
internal sealed record IntegrationReferences(int? Destination, IReadOnlyDictionary<string, int> CopyInputs)
{
    private const string CopyInputsKey = "copy_inputs";
    private static readonly string[] CopyCredentials = ["bucket_credentials", "authorization"];

    /// <summary>All of them, each once.</summary>
    public IEnumerable<int> Ids => (Destination is { } id ? CopyInputs.Values.Prepend(id) : CopyInputs.Values).Distinct();

    public static IntegrationReferences Of(BatchExport export)
    {
        var inputs = export.Destination?.Config[CopyInputsKey] as IDictionary;
        var copied = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var key in CopyCredentials)
        {
            if (IdIn(inputs?[key]) is { } id)
                copied[key] = id;
        }

        return new IntegrationReferences(export.Destination?.Integration, copied);
    }

    public bool Contains(int id) => Ids.Contains(id);

    /// <summary>Whether these are the same references in the same places.</summary>
    public bool IsSame(IntegrationReferences other) =>
        Destination == other.Destination
        && CopyInputs.Count == other.CopyInputs.Count
        && CopyInputs.All(input => other.CopyInputs.GetValueOrDefault(input.Key) == input.Value);

    /// <summary>The references with one integration in place of another.</summary>
    public IntegrationReferences With(int from, int to) => new(
        Destination == from ? to : Destination,
        CopyInputs.ToDictionary(input => input.Key, input => input.Value == from ? to : input.Value, StringComparer.Ordinal));

    /// <summary>
    /// The update that sets these references and nothing else. The destination's own is always sent, because several types forget it
    /// otherwise (docs/wire.md, section 8).
    /// </summary>
    public BatchExportFields ToUpdate(BatchExport export)
    {
        var config = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (CopyInputs.Count > 0)
            config[CopyInputsKey] = CopyInputs.ToDictionary(input => input.Key, input => (object?)input.Value, StringComparer.Ordinal);

        var integration = Destination is { } id ? new Optional<int?>(id) : default;
        return new BatchExportFields { Destination = BatchExportDestination.Create(export.Destination?.Type, config, integration) };
    }

    // The service stores values inside of an object as text.
    private static int? IdIn(object? value) => value switch
    {
        long number and > 0 and <= int.MaxValue => (int)number,
        string text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };
}
