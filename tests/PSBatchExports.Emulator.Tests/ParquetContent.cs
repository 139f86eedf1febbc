using Parquet;

namespace PSBatchExports.Emulator.Tests;

/// <summary>A Parquet file, read by another library than the one that writes it.</summary>
/// <param name="Groups">The rows of each row group.</param>
/// <param name="Types">The repetition, physical type and converted type of each column.</param>
/// <param name="Codecs">The codecs of all columns.</param>
/// <param name="Texts">The cells of each text column.</param>
internal sealed record ParquetContent(
    IReadOnlyList<long> Groups,
    IReadOnlyDictionary<string, string> Types,
    IReadOnlyCollection<string> Codecs,
    IReadOnlyDictionary<string, IReadOnlyList<string?>> Texts)
{
    public long Rows => Groups.Sum();

    public static async Task<ParquetContent> ReadAsync(byte[] content)
    {
        await using var reader = await ParquetReader.CreateAsync(new MemoryStream(content));
        var metadata = reader.Metadata!;
        var types = metadata.Schema.Skip(1).ToDictionary(
            element => element.Name,
            element => $"{element.RepetitionType} {element.Type} {element.ConvertedType}".Trim(),
            StringComparer.Ordinal);
        var texts = reader.Schema.DataFields
            .Where(field => field.MaxRepetitionLevel == 0 && types[field.Name].EndsWith("UTF8", StringComparison.Ordinal))
            .ToDictionary(field => field.Name, _ => new List<string?>(), StringComparer.Ordinal);
        var groups = new List<long>();
        for (var index = 0; index < reader.RowGroupCount; index++)
        {
            using var group = reader.OpenRowGroupReader(index);
            groups.Add(group.RowCount);
            foreach (var field in reader.Schema.DataFields)
            {
                using var cells = await group.ReadRawColumnDataBaseAsync(field);
                if (!texts.TryGetValue(field.Name, out var values))
                    continue;

                var read = new string?[group.RowCount];
                await group.ReadAsync(field, read.AsMemory()!);
                values.AddRange(read);
            }
        }

        return new ParquetContent(
            groups,
            types,
            [.. metadata.RowGroups.SelectMany(group => group.Columns).Select(column => $"{column.MetaData!.Codec}").Distinct()],
            texts.ToDictionary(text => text.Key, text => (IReadOnlyList<string?>)text.Value, StringComparer.Ordinal));
    }
}
