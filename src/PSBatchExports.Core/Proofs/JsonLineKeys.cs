using System.Buffers;
using System.Text;
using System.Text.Json;

namespace PSBatchExports.Proofs;

/// <summary>Reads the key of each row of JSON lines, which are added in pieces.</summary>
internal sealed class JsonLineKeys
{
    private const int MaxLineBytes = 16 * 1024 * 1024;

    private readonly RowKeyCollector _keys;
    private readonly byte[] _column;
    private ArrayBufferWriter<byte> _line = new();
    private long _rows;

    public JsonLineKeys(RowKeyCollector keys) => (_keys, _column) = (keys, Encoding.UTF8.GetBytes(keys.Rule.Column));

    /// <summary>What is wrong with the first row that is not valid, as a clause; null if all are.</summary>
    public string? Damage { get; private set; }

    /// <summary>Why the keys cannot be read, as a clause; null if they can.</summary>
    public string? Limit { get; private set; }

    public void Add(ReadOnlySpan<byte> text)
    {
        while (Limit is null && text.IndexOf((byte)'\n') is >= 0 and var end)
        {
            if (_line.WrittenCount == 0)
                Read(text[..end]);
            else
                ReadJoined(text[..end]);

            text = text[(end + 1)..];
        }

        if (Limit is null)
            Keep(text);
    }

    /// <summary>Reads the last line if nothing ended it.</summary>
    public void Complete()
    {
        if (Limit is null)
            ReadJoined([]);
    }

    private void ReadJoined(ReadOnlySpan<byte> end)
    {
        Keep(end);
        Read(_line.WrittenSpan);
        _line.ResetWrittenCount();
    }

    private void Keep(ReadOnlySpan<byte> text)
    {
        if (_line.WrittenCount + text.Length <= MaxLineBytes)
        {
            _line.Write(text);
            return;
        }

        Limit = $"a row is longer than {MaxLineBytes / (1024 * 1024)} MiB";
        _line = new ArrayBufferWriter<byte>();
    }

    private void Read(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
            return;

        _rows++;
        try
        {
            ReadRow(new Utf8JsonReader(line));
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            Damage ??= FormattableString.Invariant($"row {_rows} is not JSON");
        }
    }

    private void ReadRow(Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
            Damage ??= FormattableString.Invariant($"row {_rows} is not a JSON object");

        var isFound = false;
        while (json.Read())
        {
            if (json is not { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 } || !json.ValueTextEquals(_column))
                continue;

            json.Read();
            if (json.TokenType != JsonTokenType.String || isFound)
                continue;

            isFound = true;
            _keys.Add(json.ValueIsEscaped ? Encoding.UTF8.GetBytes(json.GetString()!) : json.ValueSpan);
        }

        if (!isFound)
            _keys.AddMissing();
    }
}
