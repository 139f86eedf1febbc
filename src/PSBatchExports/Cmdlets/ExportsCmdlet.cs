using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Cmdlets;

/// <summary>A cmdlet that collects exports and works on several at once, over one connection or those that they came from.</summary>
public abstract class ExportsCmdlet : ExportsCmdlet<BatchExportConnection>
{
}

/// <summary>
/// A cmdlet that collects exports and then works on several at once, so that each waits for its own answers only. Output is in the order
/// of the input.
/// </summary>
/// <typeparam name="TConnection">What -Connection takes: a connection, or an array of them.</typeparam>
public abstract class ExportsCmdlet<TConnection> : ProjectCmdlet<TConnection>
    where TConnection : class
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

    private protected override bool HasSeveralConnections =>
        Services.Count > 1 || _jobs.Select(job => job.Service).Distinct().Skip(1).Any();

    private protected IReadOnlyList<ExportJob> Jobs => _jobs;

    /// <summary>The context of an error that is about one of the exports.</summary>
    private protected virtual ErrorContext ErrorContextOf(ExportJob job) => ErrorContext;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var connections = ConnectionsOfInput();
        foreach (var connection in connections)
        {
            Use(connection);
            foreach (var id in Id.Where(id => _seen.Add((Service, Scope, id))))
                _jobs.Add(new ExportJob(Service, Client, Scope, id, Fresh(id)) { Connections = connections.Count });
        }

        return Task.CompletedTask;
    }

    // An export that was read over one of several connections is at that one.
    private IReadOnlyList<BatchExportConnection> ConnectionsOfInput() =>
        BatchExportConnection.OriginOf(InputObject) is { } origin && Services.Contains(origin) ? [origin] : Services;

    /// <summary>
    /// Lists the exports of the projects of all connections. A project that cannot be listed is an error; then <c>IsComplete</c> is
    /// false, as it is without any project.
    /// </summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="filter">Selects exports; null for all.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    private protected async Task<(IReadOnlyList<ExportJob> Jobs, bool IsComplete)> ListAsync(
        AsyncPipeline pipeline, Func<BatchExport, bool>? filter, CancellationToken cancellationToken)
    {
        var scopes = ScopesOfInput();
        var jobs = new List<ExportJob>();
        var read = 0;
        await foreach (var (scope, exports) in scopes.SelectConcurrently(MaxConcurrent, ReadAsync, cancellationToken))
        {
            await ForScopeAsync(pipeline, scope, scope.Scope.Id, isOnly: scopes.Count == 1, async () =>
            {
                jobs.AddRange(await exports);
                read++;
            });
        }

        return (jobs, read > 0 && read == scopes.Count);

        async Task<List<ExportJob>> ReadAsync(ScopeJob scope, CancellationToken stop)
        {
            var listed = new List<ExportJob>();
            await foreach (var export in scope.Api.Exports.ListAsync(filter: filter, cancellationToken: stop))
            {
                scope.Service.Known.Remember(export);
                listed.Add(new ExportJob(scope.Service, scope.Client, scope.Scope, export.Id!, export));
            }

            return listed;
        }
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
        var absences = new Dictionary<string, int>(StringComparer.Ordinal);
        var progress = new ListProgress(pipeline, activity);
        try
        {
            var results = jobs.SelectConcurrently(MaxConcurrent, RunAsync, cancellationToken);
            await foreach (var (job, result) in results.WithCancellation(cancellationToken))
            {
                await (job.Connections == 1
                    ? ForItemAsync(pipeline, job.IdOrName, () => WriteAsync(job, result), ErrorContextOf(job))
                    : ForScopeAsync(pipeline, job.Place, job.IdOrName, isOnly: false, () => WriteAsync(job, result)));
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
            catch (Exception absence) when (job.Connections > 1 && ErrorRecords.IsAbsence(absence) && !IsNowhere(job))
            {
                // It may be at another of the connections.
            }
            catch (Exception failure) when (onFailure is not null && ErrorRecords.IsExpected(failure))
            {
                await onFailure(job, failure);
                throw;
            }
        }

        bool IsNowhere(ExportJob job) =>
            (absences[job.IdOrName] = absences.GetValueOrDefault(job.IdOrName) + 1) == job.Connections;

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
