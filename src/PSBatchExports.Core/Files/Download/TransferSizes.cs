namespace PSBatchExports.Files.Download;

/// <summary>The lengths of the ranges that are requested, in bytes. bench/Defaults.ps1 compares them with others.</summary>
/// <param name="FirstRange">The length of the first request. A file no longer than this takes no other.</param>
/// <param name="MinRange">The minimum length of the other requests, unless less is missing.</param>
/// <param name="MaxRange">The maximum length of a request.</param>
/// <param name="MinKept">An interrupted download with fewer bytes than this is deleted.</param>
internal sealed record TransferSizes(long FirstRange, long MinRange, long MaxRange, long MinKept)
{
    private const long Mebibyte = 1024 * 1024;

    public static readonly TransferSizes Default = new(16 * Mebibyte, 8 * Mebibyte, 64 * Mebibyte, Mebibyte);
}
