namespace PSBatchExports.Emulator.Data;

/// <summary>The type of a column and of its cells, which may be null.</summary>
internal enum ColumnType
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A string with JSON: nested in JSON lines, a string in Parquet.</summary>
    Json,

    /// <summary>Several strings.</summary>
    TextList,

    /// <summary>A long.</summary>
    Integer,

    /// <summary>A ulong.</summary>
    Unsigned,

    /// <summary>A uint with seconds since 1970.</summary>
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
