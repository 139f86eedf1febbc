using System.Security.Cryptography;
using PSBatchExports.Files.Download;
using PSBatchExports.Files.Integrity;
using PSBatchExports.Files.Storage;

namespace PSBatchExports.Proofs;

/// <summary>Compares a file with what is known about it, and with its own format. JSON lines are read once for all levels.</summary>
/// <param name="onRead">Called with the number of bytes after each read.</param>
internal sealed class FileProver(Action<int> onRead)
{
    private const int BufferBytes = 128 * 1024;

    /// <param name="expected">What is known about the file.</param>
    /// <param name="keys">Collects the keys of the rows; null if they are not needed.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public FileFindings Prove(ExpectedFile expected, RowKeyCollector? keys, CancellationToken cancellationToken)
    {
        try
        {
            using var file = Open(expected.FullName);
            return expected.Length is { } length && file.Length != length
                ? Damaged(FormattableString.Invariant($"it has {file.Length} bytes instead of {length}"))
                : Read(expected, file, keys, cancellationToken);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return Damaged("it is missing");
        }
        catch (Exception failure) when (IsOfFile(failure))
        {
            return Damaged($"it cannot be read: {failure.Message.TrimEnd('.')}");
        }
    }

    // A damaged file may mislead its readers in many ways. That of the temporary file of keys concerns all files.
    private static bool IsOfFile(Exception failure) => failure
        is IOException and not FileSaveException
        or UnauthorizedAccessException
        or InvalidDataException
        or FormatException
        or ArgumentException
        or InvalidOperationException
        or IndexOutOfRangeException
        or ArithmeticException
        or NotSupportedException;

    private FileFindings Read(ExpectedFile expected, FileStream file, RowKeyCollector? keys, CancellationToken cancellationToken)
    {
        using var hash = expected.Sha256 is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var reading = new FileReading(file, hash, onRead, cancellationToken);
        var findings = FileFormats.OfName(expected.Name) switch
        {
            { Format: "Parquet" } => ReadParquet(file, reading, keys, cancellationToken),
            { Format: "JSONLines", Compression: (null or "gzip" or "brotli") and var compression } =>
                ReadLines(reading, compression, keys, cancellationToken),
            { Compression: ("gzip" or "brotli") and var compression } => ReadOther(reading, compression, cancellationToken),
            _ => ReadOther(reading, null, cancellationToken),
        };
        if (hash is not null && findings.Damage.Count == 0 && !AreEqual(hash.GetHashAndReset(), expected.Sha256!))
            return findings with { Damage = ["its SHA-256 is another than when it was saved"] };

        var isTagWrong = hash is null && findings.Damage.Count == 0 && ContradictsTag(expected, file, cancellationToken);
        return isTagWrong ? findings with { Damage = ["its MD5 differs from its entity tag"] } : findings;
    }

    private static FileFindings ReadLines(
        FileReading reading, string? compression, RowKeyCollector? collector, CancellationToken cancellationToken)
    {
        var lines = new LineCounter();
        var keys = collector is null ? null : new JsonLineKeys(collector);
        var isWhole = CompressedContent.Read(reading, compression, Add, cancellationToken);
        if (!isWhole)
            return Damaged(CompressedContent.DescribeDamage(compression!));

        keys?.Complete();
        return new FileFindings { Rows = lines.Lines, RowDamage = keys?.Damage, RowLimit = keys?.Limit };

        void Add(ReadOnlySpan<byte> text)
        {
            lines.Add(text);
            keys?.Add(text);
        }
    }

    private static FileFindings ReadParquet(
        FileStream file, FileReading reading, RowKeyCollector? keys, CancellationToken cancellationToken)
    {
        CompressedContent.Read(reading, null, _ => { }, cancellationToken);
        return ParquetFooter.CountRows(file, cancellationToken) switch
        {
            FileRowCount.Counted counted => ReadParquetKeys(file, counted.Rows, keys, cancellationToken),
            FileRowCount.NotCountable limit => new FileFindings { CountLimit = limit.Reason, RowLimit = limit.Reason },
            FileRowCount.Damaged damaged => Damaged(damaged.Reason),
            var other => throw new NotSupportedException($"{other}"),
        };
    }

    private static FileFindings ReadParquetKeys(FileStream file, long rows, RowKeyCollector? keys, CancellationToken cancellationToken)
    {
        var findings = new FileFindings { Rows = rows, IsParquet = true };
        if (keys is null)
            return findings;

        try
        {
            return findings with { RowLimit = new ParquetKeys(file, keys, cancellationToken).Read() };
        }
        catch (InvalidDataException damage)
        {
            return findings with { RowDamage = $"its column {keys.Rule.Column} cannot be read: {damage.Message}" };
        }
    }

    private static FileFindings ReadOther(FileReading reading, string? compression, CancellationToken cancellationToken)
    {
        const string Limit = "its name does not tell its format";
        return CompressedContent.Read(reading, compression, _ => { }, cancellationToken)
            ? new FileFindings { CountLimit = Limit, RowLimit = Limit }
            : Damaged(CompressedContent.DescribeDamage(compression!));
    }

    // A different tag of parts proves nothing, since the object may have been uploaded in parts of another size.
    private static bool ContradictsTag(ExpectedFile expected, FileStream file, CancellationToken cancellationToken)
    {
        if (expected.ETag?.Trim('"') is not { Length: 32 } tag || !tag.All(char.IsAsciiHexDigit))
            return false;

        var stored = new StorageObject { Name = expected.Name, Length = file.Length, Md5 = tag };
        return FileIntegrity.MatchesTag(() => Open(expected.FullName), stored, cancellationToken) == false;
    }

    private static bool AreEqual(byte[] hash, string hex) => Convert.ToHexString(hash).Equals(hex, StringComparison.OrdinalIgnoreCase);

    private static FileFindings Damaged(string reason) => new() { Damage = [reason] };

    private static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferBytes, FileOptions.SequentialScan);
}
