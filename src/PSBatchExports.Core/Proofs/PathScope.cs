namespace PSBatchExports.Proofs;

/// <summary>Relations of full paths.</summary>
internal static class PathScope
{
    public static StringComparer Comparer { get; } =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    private static StringComparison Comparison =>
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>Whether a path is a folder itself.</summary>
    public static bool AreEqual(string path, string other) => Comparer.Equals(Trim(path), Trim(other));

    /// <summary>Whether a path is below a folder.</summary>
    public static bool IsBelow(string path, string folder)
    {
        var root = Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar;
        return path.Length > root.Length && path.StartsWith(root, Comparison);
    }

    /// <summary>Whether a path is a folder itself, or below it.</summary>
    public static bool IsWithin(string path, string folder) => AreEqual(path, folder) || IsBelow(path, folder);

    private static string Trim(string path) => Path.TrimEndingDirectorySeparator(path);
}
