using System.Globalization;

namespace PSBatchExports;

/// <summary>A configuration file cannot be used.</summary>
public sealed class ConfigurationFileException : ArgumentException
{
    internal ConfigurationFileException(string file, int? line, string message)
        : base(string.Create(CultureInfo.InvariantCulture, $"'{file}'{(line is null ? "" : $", line {line}")}: {message}")) =>
        (File, Line) = (file, line);

    internal ConfigurationFileException(string file, Exception unreadable)
        : base($"'{file}' cannot be read: {unreadable.Message}", unreadable) =>
        File = file;

    /// <summary>Whether the file, or a folder, could not be read.</summary>
    public bool IsUnreadable => InnerException is not null;

    /// <summary>The full path of the file.</summary>
    public string File { get; }

    /// <summary>The line, from 1 on; null if it is about the whole file.</summary>
    public int? Line { get; }
}

/// <summary>A configuration cannot be compared with, or written to, the project.</summary>
public sealed class ConfigurationException : ArgumentException
{
    internal ConfigurationException(string message, ConfigurationFailure reason) : base(message) => Reason = reason;

    /// <summary>The reason.</summary>
    public ConfigurationFailure Reason { get; }
}

/// <summary>Why a configuration cannot be compared or written.</summary>
public enum ConfigurationFailure
{
    /// <summary>Several exports of the project, or several files, have the name.</summary>
    NameNotUnique,

    /// <summary>The project has no such integration, or several.</summary>
    IntegrationNotFound,

    /// <summary>The export is not as it was when it was compared.</summary>
    Moved,

    /// <summary>The environment variable that holds a secret is not set.</summary>
    SecretMissing,

    /// <summary>The folder holds no configuration.</summary>
    FolderEmpty,

    /// <summary>Something was left unread, so that nothing can be said to be superfluous.</summary>
    FolderIncomplete,

    /// <summary>The difference was serialized, and has lost what is to be written.</summary>
    Deserialized,
}
