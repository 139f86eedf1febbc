using System.Collections.Concurrent;
using System.Management.Automation;
using System.Threading.Channels;
using PSBatchExports.Errors;

namespace PSBatchExports.Async;

/// <summary>
/// Gives asynchronous work access to the pipeline. Calls are queued and run in order on the pipeline thread; output applies
/// back-pressure, so that work does not run ahead of a slow consumer. Secrets and control characters are removed from all text.
/// </summary>
internal sealed class AsyncPipeline : IDisposable
{
    private const int MaxQueuedObjects = 32;

    private static readonly UnboundedChannelOptions QueueOptions = new() { SingleReader = true };

    private readonly Channel<Action<Cmdlet>> _queue = Channel.CreateUnbounded<Action<Cmdlet>>(QueueOptions);
    private readonly SemaphoreSlim _outputSlots = new(MaxQueuedObjects, MaxQueuedObjects);
    private readonly ConcurrentDictionary<int, ProgressRecord> _progress = new();
    private readonly Dictionary<int, string> _shownActivities = [];
    private readonly CancellationToken _stop;
    private readonly PipelinePreferences _preferences;

    public AsyncPipeline(PipelinePreferences preferences, CancellationToken stop)
    {
        _preferences = preferences;
        _stop = stop;
    }

    /// <summary>Replaces each object before it is written.</summary>
    public Func<object?, object?>? TransformOutput { get; set; }

    /// <summary>Called for each response of the service.</summary>
    public Action? OnResponse { get; set; }

    /// <summary>The clients whose secrets are redacted from all text.</summary>
    public IReadOnlyCollection<BatchExportClient> Clients { get; set; } = [];

    /// <summary>Whether debug messages are shown; if not, they need not be built.</summary>
    public bool WantsDebug => _preferences.WantsDebug;

    /// <summary>Whether -WhatIf is in effect.</summary>
    public bool IsWhatIf => _preferences.IsWhatIf;

    public async ValueTask WriteObjectAsync(object? value)
    {
        var item = TransformOutput is { } transform ? transform(value) : value;
        await _outputSlots.WaitAsync(_stop);
        Enqueue(cmdlet =>
        {
            _outputSlots.Release();
            cmdlet.WriteObject(item);
        });
    }

    public void WriteError(ErrorRecord error) => Enqueue(cmdlet => cmdlet.WriteError(Sanitize(error)));

    public void WriteWarning(string text) => Enqueue(cmdlet =>
    {
        try
        {
            cmdlet.WriteWarning(CommandNames.WithPrefix(Sanitize(text), _preferences.CommandPrefix));
        }
        catch (PSInvalidOperationException) when (_preferences.PromptsAfterMessages)
        {
            // The warning was written; only the prompt that follows it failed, because the session is not interactive.
        }
    });

    /// <summary>Writes a verbose message; with -Debug alone as a debug message, after which the engine does not prompt.</summary>
    public void WriteVerbose(string text) => Enqueue(cmdlet =>
    {
        if (_preferences.PromptsAfterMessages)
            cmdlet.WriteDebug(Sanitize(text));
        else
            cmdlet.WriteVerbose(Sanitize(text));
    });

    public void WriteDebug(string text) => Enqueue(cmdlet => cmdlet.WriteDebug(Sanitize(text)));

    /// <summary>Shows progress. Of several queued records of one activity, only the newest is shown.</summary>
    public void WriteProgress(ProgressRecord record)
    {
        var isFirst = false;
        _progress.AddOrUpdate(
            record.ActivityId,
            _ =>
            {
                isFirst = true;
                return record;
            },
            (_, _) =>
            {
                isFirst = false;
                return record;
            });
        if (!isFirst)
            return;

        Enqueue(cmdlet =>
        {
            if (_progress.TryRemove(record.ActivityId, out var newest))
                Show(cmdlet, newest);
        });
    }

    /// <summary>Queues an action for the pipeline thread.</summary>
    public void Invoke(Action action) => Enqueue(_ => action());

    /// <summary>Runs a function on the pipeline thread and returns its result.</summary>
    public Task<T> EvaluateAsync<T>(Func<T> function) => InvokeAsync(_ => function());

    /// <summary>Asks for confirmation as ShouldProcess does.</summary>
    /// <param name="target">The target of the action.</param>
    /// <param name="action">The action.</param>
    /// <param name="isForced">Skips the prompt; -WhatIf still applies.</param>
    public Task<bool> ShouldProcessAsync(string target, string action, bool isForced = false) =>
        InvokeAsync(cmdlet => (isForced && !_preferences.IsWhatIf) || cmdlet.ShouldProcess(SanitizeLine(target), SanitizeLine(action)));

    /// <summary>Asks whether to go on, whatever the preference for confirmation.</summary>
    /// <param name="query">The question.</param>
    /// <param name="caption">What is to be done.</param>
    /// <param name="answer">The answers to all questions so far.</param>
    public Task<bool> ShouldContinueAsync(string query, string caption, AnswerToAll answer) => InvokeAsync(cmdlet =>
    {
        var (yes, no) = (answer.Yes, answer.No);
        var isConfirmed = cmdlet.ShouldContinue(SanitizeLine(query), SanitizeLine(caption), ref yes, ref no);
        (answer.Yes, answer.No) = (yes, no);
        return isConfirmed;
    });

    /// <summary>Waits until the queue is empty. If that ends the cmdlet, as with -ErrorAction Stop, the work is cancelled here.</summary>
    public Task FlushAsync() => InvokeAsync(_ => true);

    /// <summary>Runs queued calls on the pipeline thread until <see cref="Complete"/>.</summary>
    public void Drain(Cmdlet cmdlet)
    {
        var reader = _queue.Reader;
        while (reader.WaitToReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult())
        {
            while (reader.TryRead(out var step))
                step(cmdlet);
        }
    }

    public void Complete() => _queue.Writer.TryComplete();

    /// <summary>Completes progress that cancelled work has left open.</summary>
    public void EndProgress(Cmdlet cmdlet)
    {
        if (_shownActivities.Count == 0)
            return;

        foreach (var (id, activity) in _shownActivities.ToArray())
            Show(cmdlet, new ProgressRecord(id, activity, "done") { RecordType = ProgressRecordType.Completed });
    }

    public void Dispose() => _outputSlots.Dispose();

    private void Show(Cmdlet cmdlet, ProgressRecord record)
    {
        if (record.RecordType != ProgressRecordType.Completed)
            _shownActivities[record.ActivityId] = record.Activity;
        else if (!_shownActivities.Remove(record.ActivityId))
            return;

        record.Activity = Sanitize(record.Activity);
        record.StatusDescription = Sanitize(record.StatusDescription);
        record.CurrentOperation = DisplayText.Clean(record.CurrentOperation);
        cmdlet.WriteProgress(record);
    }

    /// <summary>Redacts secrets from an error record: its exception, target, message and recommended action.</summary>
    public ErrorRecord Sanitize(ErrorRecord error)
    {
        error = CommandNames.WithPrefix(error, _preferences.CommandPrefix);
        var exception = Sanitize(error.Exception);
        var target = error.TargetObject is string text ? HideSecrets(text) : error.TargetObject;
        var (message, remedy) = (error.ErrorDetails?.Message ?? error.Exception.Message, error.ErrorDetails?.RecommendedAction ?? "");
        var details = new ErrorDetails(HideSecrets(message)) { RecommendedAction = HideSecrets(remedy) };
        var isTextClean = details.Message == message && details.RecommendedAction == remedy;
        return isTextClean && exception == error.Exception && Equals(target, error.TargetObject)
            ? error
            : new ErrorRecord(exception, error.FullyQualifiedErrorId, error.CategoryInfo.Category, target) { ErrorDetails = details };
    }

    /// <summary>Redacts secrets from an exception.</summary>
    public Exception Sanitize(Exception failure) => Clients.Aggregate(failure, (hidden, client) => client.HideSecrets(hidden));

    private string Sanitize(string text) => DisplayText.Harmless(HideSecrets(text));

    private string HideSecrets(string text) => Clients.Aggregate(text, (hidden, client) => client.HideSecrets(hidden));

    private string SanitizeLine(string text) => DisplayText.OneLine(Sanitize(text));

    private async Task<T> InvokeAsync<T>(Func<Cmdlet, T> function)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(cmdlet => result.TrySetResult(function(cmdlet)));
        return await result.Task.WaitAsync(_stop);
    }

    // Output written after cancellation is dropped.
    private void Enqueue(Action<Cmdlet> step) => _queue.Writer.TryWrite(step);
}
