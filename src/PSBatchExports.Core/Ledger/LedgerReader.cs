using System.Text.Json;

namespace PSBatchExports.Ledger;

/// <summary>Reads a ledger, also while it is being written.</summary>
internal static class LedgerReader
{
    /// <summary>The name of a ledger in its folder.</summary>
    public const string FileName = "ledger.jsonl";

    /// <summary>The name of the file that is locked while a ledger is written.</summary>
    public const string LockName = ".ledger.lock";

    /// <summary>What a ledger says.</summary>
    /// <param name="path">The full path of the ledger.</param>
    /// <exception cref="LedgerException">The ledger is damaged, or of a newer version.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static LedgerContent Read(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 64 * 1024);
        using (file)
            return Read(file, path).Content;
    }

    /// <summary>Reads a ledger up to its last whole line.</summary>
    /// <returns>What it says, and the length of its whole lines. What follows was not written to its end, and counts for nothing.</returns>
    /// <exception cref="LedgerException">The ledger is damaged, or of a newer version.</exception>
    internal static (LedgerContent Content, long Length) Read(Stream file, string path)
    {
        var (content, length, number) = (new LedgerContent(path), 0L, 0);
        foreach (var bytes in WholeLines(file))
        {
            number++;
            length += bytes.Length + 1;
            if (bytes.Length == 0)
                continue;

            try
            {
                content.Apply(JsonSerializer.Deserialize(bytes, LedgerJson.Default.LedgerLine) ?? throw new FormatException("it is null"));
            }
            catch (Exception failure) when (failure is JsonException or FormatException)
            {
                throw new LedgerException(path, number, failure);
            }
        }

        return (content, length);
    }

    private static IEnumerable<byte[]> WholeLines(Stream file)
    {
        var line = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (file.Read(buffer) is > 0 and var count)
        {
            var rest = buffer.AsMemory(0, count);
            while (rest.Span.IndexOf((byte)'\n') is >= 0 and var end)
            {
                line.Write(rest[..end].Span);
                yield return line.ToArray();

                line.SetLength(0);
                rest = rest[(end + 1)..];
            }

            line.Write(rest.Span);
        }
    }
}
