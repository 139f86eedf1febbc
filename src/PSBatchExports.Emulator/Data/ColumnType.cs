namespace PSBatchExports.Emulator.Data;

/// <summary>What a column holds, and as which type its cells are kept. Any cell may be null.</summary>
internal enum ColumnType
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A string that is JSON: nested in JSON lines, a string in Parquet.</summary>
    Json,

    /// <summary>Several strings.</summary>
    TextList,

    /// <summary>A long.</summary>
    Integer,

    /// <summary>A ulong.</summary>
    Unsigned,

    /// <summary>A uint: seconds since 1970, as which the service writes times without a fraction.</summary>
    EpochSeconds,

    /// <summary>A double.</summary>
    Number,

    /// <summary>A bool.</summary>
    Boolean,

    /// <summary>A DateTimeOffset with microseconds.</summary>
    Microseconds,

    /// <summary>A DateTimeOffset with milliseconds.</summary>
    Milliseconds,
}
