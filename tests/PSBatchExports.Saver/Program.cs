using System.Globalization;
using System.Net;
using PSBatchExports;
using PSBatchExports.Files.Download;
using PSBatchExports.Saver;

// Saves the files of a run, as one of several processes that tests let compete for the same folder. Prints a line per file.
// As "range", saves windows of a day, and ends with 0 if all are saved.
// <origin> <key> <project> <run> <folder> <connections>
if (args is ["range", .. var range])
    return await SavedRange.RunAsync(range);

if (args is not [var origin, var key, var project, var run, var folder, var connections])
{
    await Console.Error.WriteLineAsync("usage: <origin> <key> <project> <run> <folder> <connections>");
    return 2;
}

using var client = new BatchExportClient(new BatchExportClientOptions
{
    ApiHost = new Uri(origin),
    ApiKey = new NetworkCredential("", key).SecurePassword,
    MaximumRetryDelay = TimeSpan.FromMilliseconds(50),
});
var scope = ApiScope.Project(project);
var options = new SaveOptions
{
    Folder = folder,
    Connections = int.Parse(connections, CultureInfo.InvariantCulture),
    Sizes = new TransferSizes(FirstRange: 64 * 1024, MinRange: 32 * 1024, MaxRange: 128 * 1024, MinKept: 32 * 1024),
};
var files = await client.In(scope).Files.ListAsync(run);
await foreach (var outcome in client.In(scope).Files.SaveAsync(files, options))
{
    Console.WriteLine(outcome switch
    {
        { Saved: { WasPresent: true } } => "present",
        { Saved: not null } => "saved",
        { Failure: FileSaveException failure } => $"failed {failure.Reason}: {failure.Message}",
        _ => $"failed {outcome.Failure}",
    });
}

return 0;
