namespace PSBatchExports;

/// <summary>The kind of value that a setting of an export or a destination has. Most may also be null.</summary>
public enum SettingKind
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A point in time, as a string.</summary>
    Time,

    /// <summary>A string, or an array of its lines.</summary>
    Lines,

    /// <summary>An array of strings.</summary>
    Texts,

    /// <summary>An array of objects.</summary>
    Objects,

    /// <summary>An object, whose keys depend on the setting.</summary>
    Dictionary,
}
