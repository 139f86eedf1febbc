namespace PSBatchExports;

/// <summary>The files cannot be handed over in the form that was asked for.</summary>
public sealed class ManifestException : ArgumentException
{
    internal ManifestException(string message, ManifestFailure reason) : base(message) => Reason = reason;

    /// <summary>The reason.</summary>
    public ManifestFailure Reason { get; }
}

/// <summary>Why files cannot be handed over.</summary>
public enum ManifestFailure
{
    /// <summary>A file that is not saved has no URL.</summary>
    UrlMissing,

    /// <summary>The form is a list of downloads, and the files are saved already.</summary>
    UrlNeeded,

    /// <summary>The files must be saved first.</summary>
    SavedFileNeeded,

    /// <summary>The saved files must be unpacked first.</summary>
    ExpandNeeded,

    /// <summary>The files must be saved and unpacked first.</summary>
    SavedAndExpandNeeded,

    /// <summary>The files differ in a way that one text cannot cover.</summary>
    Mixed,

    /// <summary>The name does not show the format, or the compression is one that this module does not unpack.</summary>
    UnknownFormat,

    /// <summary>The path or URL has characters that mean something else there.</summary>
    UnsupportedName,

    /// <summary>A saved file is gone, or has another length.</summary>
    FileChanged,
}
