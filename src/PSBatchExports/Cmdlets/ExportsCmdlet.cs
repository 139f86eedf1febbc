using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Cmdlets;

/// <summary>
/// A cmdlet that collects exports and then works on several at once, so that each waits for its own answers only. Output is in the order
/// of the input.
/// </summary>
public abstract class ExportsCmdlet : ProjectCmdlet
{
    // As many connections as a browser opens to a host.
    private const int MaxConcurrent = 16;

    // An export that was read longer ago is read again.
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(2);

    private readonly List<ExportJob> _jobs = [];

    // Runs and other objects of one export name it once each.
    private readonly HashSet<(BatchExportConnection, ApiScope, string)> _seen = [];

    /// <summary>The exports: ids or names.</summary>
    public abstract string[] Id { get; set; }

    /// <summary>An export that was piped in, which need not be read again.</summary>
    [Parameter(ValueFromPipeline = true, DontShow = true)]
    [ExportObjectTransformation]
    [AllowNull]
    public BatchExport? InputObject { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Export;

    private protected IReadOnlyList<ExportJob> Jobs => _jobs;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        foreach (var id in Id.Where(id => _seen.Add((Service, Scope, id))))
            _jobs.Add(new ExportJob(Service, Client, Scope, id, Fresh(id)));

        return Task.CompletedTask;
    }

    /// <summary>Works on the exports and writes what comes of each, in order; a failure is an error for that export.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="jobs">The exports.</param>
    /// <param name="activity">What is done, for the progress.</param>
    /// <param name="work">Works on an export.</param>
    /// <param name="write">Writes what came of it.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <param name="onFailure">Writes something for an export that failed, besides its error; null for nothing.</param>
    private protected async Task ForEachJobAsync<T>(
        AsyncPipeline pipeline,
        IReadOnlyList<ExportJob> jobs,
        string activity,
        Func<ExportJob, BatchExport, CancellationToken, Task<T>> work,
        Func<T, Task> write,
        CancellationToken cancellationToken,
        Func<ExportJob, Exception, Task>? onFailure = null)
    {
        var names = jobs.Select(job => (job.Client, job.Scope)).Distinct()
            .ToDictionary(key => key, key => new ExportNames(key.Client.In(key.Scope).Exports));
        var progress = new ListProgress(pipeline, activity);
        try
        {
            var results = jobs.SelectConcurrently(MaxConcurrent, RunAsync, cancellationToken);
            await foreach (var (job, result) in results.WithCancellation(cancellationToken))
            {
                await ForItemAsync(pipeline, job.IdOrName, () => WriteAsync(job, result));
                progress.OnItem();
            }
        }
        finally
        {
            progress.Complete();
        }

        async Task WriteAsync(ExportJob job, Task<T> result)
        {
            try
            {
                await write(await result);
            }
            catch (Exception failure) when (onFailure is not null && ErrorRecords.IsExpected(failure))
            {
                await onFailure(job, failure);
                throw;
            }
        }

        async Task<T> RunAsync(ExportJob job, CancellationToken stop)
        {
            var export = job.Export;
            if (export is null)
            {
                var id = await names[(job.Client, job.Scope)].ToIdAsync(job.IdOrName, stop);
                export = await job.Api.Exports.GetAsync(id, stop);
            }

            return await work(job, export, stop);
        }
    }

    private BatchExport? Fresh(string id) =>
        InputObject is { } export && export.Id == id && export.WasReadSince(Client.ServerTime - MaxAge) ? export : null;
}
