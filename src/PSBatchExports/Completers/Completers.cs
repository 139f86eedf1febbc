using System.Collections;
using System.Globalization;

namespace PSBatchExports.Completers;

/// <summary>Suggests models.</summary>
public sealed class ModelCompleter() : ValueCompleter(KnownValues.Models);

/// <summary>Suggests intervals.</summary>
public sealed class IntervalCompleter() : ValueCompleter(KnownValues.Intervals);

/// <summary>Suggests statuses of runs.</summary>
public sealed class RunStatusCompleter() : ValueCompleter(RunStatus.All);

/// <summary>Suggests orders of runs.</summary>
public sealed class RunOrderCompleter() : ValueCompleter(["-created_at", "created_at", "-data_interval_start", "data_interval_start"]);

/// <summary>Suggests orders of backfills.</summary>
public sealed class BackfillOrderCompleter() : ValueCompleter(["-created_at", "created_at", "-start_at", "start_at"]);

/// <summary>Suggests file formats.</summary>
public sealed class FormatCompleter() : ValueCompleter(FileFormats.Formats)
{
    private protected override string ToolTip(string value, IDictionary bound) => FileFormatToolTips.OfFormat(value);
}

/// <summary>Suggests the compressions of the format of an on-demand run, Parquet by default.</summary>
public sealed class CompressionCompleter()
    : ValueCompleter(bound => FileFormats.CompressionsFor(Format(bound)) ?? FileFormats.Compressions)
{
    private protected override string ToolTip(string value, IDictionary bound) => FileFormatToolTips.OfCompression(Format(bound), value);

    private static string? Format(IDictionary bound) => Convert.ToString(bound["Format"] ?? "Parquet", CultureInfo.InvariantCulture);
}

/// <summary>Suggests the compressions of the format of a destination, JSONLines by default.</summary>
public sealed class DestinationCompressionCompleter()
    : ValueCompleter(bound => FileFormats.CompressionsFor(Format(bound)) ?? FileFormats.Compressions)
{
    private protected override string ToolTip(string value, IDictionary bound) => FileFormatToolTips.OfCompression(Format(bound), value);

    private static string? Format(IDictionary bound) => Convert.ToString(bound["FileFormat"] ?? "JSONLines", CultureInfo.InvariantCulture);
}

/// <summary>Suggests types of destinations.</summary>
public sealed class DestinationTypeCompleter() : ValueCompleter(DestinationType.All.Select(type => type.Name));

/// <summary>Suggests values of a destination's setting: those of the type on the command line, or of all types.</summary>
public sealed class DestinationValueCompleter() : ValueCompleter(Values)
{
    private static IEnumerable<string> Values(string parameter, IDictionary bound)
    {
        var values =
            from type in Types(bound)
            from key in type.Keys
            where key.Name.Replace("_", "", StringComparison.Ordinal).Equals(parameter, StringComparison.OrdinalIgnoreCase)
            from value in key.Values ?? []
            select value;
        return values.Distinct(StringComparer.Ordinal);
    }

    private static IEnumerable<DestinationType> Types(IDictionary bound)
    {
        var types = DestinationType.All.Where(type => bound.Contains(type.Name)).ToArray();
        return types.Length > 0 ? types : DestinationType.All;
    }
}

/// <summary>Suggests the kinds of integrations that exports use.</summary>
public sealed class IntegrationKindCompleter() : ValueCompleter(IntegrationKinds.All);

/// <summary>Suggests levels of log lines.</summary>
public sealed class LogLevelCompleter() : ValueCompleter(KnownValues.LogLevels);

/// <summary>Suggests incremental modes.</summary>
public sealed class IncrementalModeCompleter() : ValueCompleter(KnownValues.IncrementalModes);

/// <summary>Suggests IANA time zones.</summary>
public sealed class TimeZoneCompleter() : ValueCompleter(_ => IanaNames())
{
    private static IEnumerable<string> IanaNames() => TimeZoneInfo.GetSystemTimeZones()
        .Select(IanaName)
        .OfType<string>()
        .Append("UTC")
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal);

    private static string? IanaName(TimeZoneInfo zone)
    {
        if (zone.HasIanaId)
            return zone.Id;

        return TimeZoneInfo.TryConvertWindowsIdToIanaId(zone.Id, out var name) ? name : null;
    }
}
