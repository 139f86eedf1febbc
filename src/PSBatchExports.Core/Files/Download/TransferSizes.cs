namespace PSBatchExports.Files.Download;

/// <summary>How files are cut for their transfer, in bytes; bench/Defaults.ps1 measures what other sizes would do.</summary>
/// <param name="FirstRange">What the first request asks for. A file that is no longer than this is read as one stream.</param>
/// <param name="MinRange">The least that a further request asks for, where there is as much.</param>
/// <param name="MaxRange">The most that a request asks for.</param>
/// <param name="MinKept">The least that is kept of a download that was interrupted.</param>
internal sealed record TransferSizes(long FirstRange, long MinRange, long MaxRange, long MinKept)
{
    private const long Mebibyte = 1024 * 1024;

    public static readonly TransferSizes Default = new(16 * Mebibyte, 8 * Mebibyte, 64 * Mebibyte, Mebibyte);
}
