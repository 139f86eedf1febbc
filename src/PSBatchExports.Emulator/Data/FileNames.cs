using System.Globalization;

namespace PSBatchExports.Emulator.Data;

/// <summary>The storage keys of the files of a run.</summary>
internal sealed class FileNames(EmulatorOptions options)
{
    public string KeyOf(OnDemandRun run, int part, int parts)
    {
        var folder = $"batch-exports/{run.OnDemandId}/{run.Id}";
        var specification = run.Specification;
        var extension = Extension(specification);
        if (specification.Start is not { } from || specification.End is not { } to)
            return string.Create(CultureInfo.InvariantCulture, $"{folder}/{specification.Model}-{part}.{extension}");

        var interval = $"{WireTime.WithOffset(from)}-{WireTime.WithOffset(to)}";
        var number = IsNumbered(specification, parts) ? string.Create(CultureInfo.InvariantCulture, $"-{part}") : "";
        return $"{folder}/{interval}/{interval}{number}.{extension}";
    }

    /// <summary>Newer servers number the files of every run with a limit; older servers only if there are several.</summary>
    private bool IsNumbered(OnDemandSpecification specification, int parts) =>
        options.OlderServer ? parts > 1 : specification.MaxSizeMB is > 0;

    private string Extension(OnDemandSpecification specification) => (specification.IsParquet, specification.Compression) switch
    {
        (true, { } compression) when options.OlderServer || options.ParquetCodecInNames => "parquet." + Suffix(compression),
        (true, _) => "parquet",
        (false, { } compression) => "jsonl." + Suffix(compression),
        _ => "jsonl",
    };

    private static string Suffix(string compression) => compression switch
    {
        "zstd" => "zst",
        "gzip" => "gz",
        "brotli" => "br",
        "snappy" => "sz",
        _ => compression,
    };
}
