using System.Diagnostics;
using System.Globalization;
using System.Net;
using PSBatchExports;
using PSBatchExports.Files.Download;
using PSBatchExports.Files.Integrity;
using PSBatchExports.Http.Pagination;

// Uses the core library without PowerShell and prints the elapsed seconds.
// Saves the files of a run (sizes in MiB): <origin> <run> <folder> <connections> <first range> <min range> <max range>
// Counts and prints the rows of a file:    rows <file>
const long Mebibyte = 1024 * 1024;
if (args is ["rows", var path])
{
    var counting = Stopwatch.GetTimestamp();
    await using var content = File.OpenRead(path);
    if (RowCounter.Count(path, content, CancellationToken.None) is not FileRowCount.Counted counted)
        throw new InvalidOperationException($"The rows of {path} cannot be counted.");

    Console.WriteLine(counted.Rows);
    Console.WriteLine(Stopwatch.GetElapsedTime(counting).TotalSeconds.ToString(CultureInfo.InvariantCulture));
    return 0;
}

if (args is not [var origin, var run, var folder, .. { Length: 4 } numbers])
{
    await Console.Error.WriteLineAsync(
        "usage: <origin> <run> <folder> <connections> <first range> <min range> <max range> | rows <file>");
    return 2;
}

var sizes = numbers.Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray();
using var client = new BatchExportClient(new BatchExportClientOptions
{
    ApiHost = new Uri(origin),
    ApiKey = new NetworkCredential("", "key").SecurePassword,
});
var options = new SaveOptions
{
    Folder = folder,
    Connections = sizes[0],
    Sizes = TransferSizes.Default with
    {
        FirstRange = sizes[1] * Mebibyte,
        MinRange = sizes[2] * Mebibyte,
        MaxRange = sizes[3] * Mebibyte,
    },
};

var started = Stopwatch.GetTimestamp();
var api = client.In(ApiScope.Project("1"));
var files = await api.Files.ListAsync(run);
await foreach (var outcome in api.Files.SaveAsync(files, options))
{
    if (outcome.Failure is { } failure)
        throw new InvalidOperationException(failure.Message, failure);
}

Console.WriteLine(Stopwatch.GetElapsedTime(started).TotalSeconds.ToString(CultureInfo.InvariantCulture));
return 0;
