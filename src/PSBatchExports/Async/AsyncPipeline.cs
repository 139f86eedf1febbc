using System.Collections.Concurrent;
using System.Management.Automation;
using System.Threading.Channels;
using PSBatchExports.Errors;

namespace PSBatchExports.Async;

/// <summary>
/// What asynchronous work may do to the pipeline. Everything is queued in order and done on the pipeline thread; output waits for
/// its turn, so that work does not run ahead of a slow consumer. Text that holds words from outside reaches the terminal clean.
/// </summary>
internal sealed class AsyncPipeline : IDisposable
{
    private const int MostObjectsWaiting = 32;

    private readonly Channel<Action<Cmdlet>> _queue = Channel.CreateUnbounded<Action<Cmdlet>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SemaphoreSlim _room = new(MostObjectsWaiting, MostObjectsWaiting);
    private readonly ConcurrentDictionary<int, ProgressRecord> _progress = new();
    private readonly Dictionary<int, string> _shownActivities = [];
    private readonly CancellationToken _stop;
    private readonly PipelinePreferences _preferences;

    public AsyncPipeline(PipelinePreferences preferences, CancellationToken stop)
    {
        _preferences = preferences;
        _stop = stop;
    }

    /// <summary>Is given each object before it goes out, and gives what goes out in its place.</summary>
    public Func<object?, object?>? OnObject { get; set; }

    /// <summary>Is told of each answer of the service.</summary>
    public Action? OnAnswer { get; set; }

    /// <summary>Whose secrets are in nothing that is said; null before there is a client.</summary>
    public BatchExportClient? Client { get; set; }

    /// <summary>Whether anybody would see debug text, so that it need not be made in vain.</summary>
    public bool WantsDebug => _preferences.WantsDebug;

    /// <summary>Whether nothing is to be changed.</summary>
    public bool IsWhatIf => _preferences.IsWhatIf;

    public async ValueTask WriteObjectAsync(object? value)
    {
        var item = OnObject is { } change ? change(value) : value;
        await _room.WaitAsync(_stop);
        Enqueue(cmdlet =>
        {
            _room.Release();
            cmdlet.WriteObject(item);
        });
    }

    public void WriteError(ErrorRecord error) => Enqueue(cmdlet => cmdlet.WriteError(Shown(error)));

    public void WriteWarning(string text) => Enqueue(cmdlet =>
    {
        try
        {
            cmdlet.WriteWarning(CommandNames.WithPrefix(Shown(text), _preferences.CommandPrefix));
        }
        catch (PSInvalidOperationException) when (_preferences.AsksAfterMessages)
        {
            // The warning is out; only the question after it could not be asked, because nobody is there.
        }
    });

    /// <summary>With -Debug alone the engine would stop and ask after each verbose message, but not after a debug message.</summary>
    public void WriteVerbose(string text) => Enqueue(cmdlet =>
    {
        if (_preferences.AsksAfterMessages)
            cmdlet.WriteDebug(Shown(text));
        else
            cmdlet.WriteVerbose(Shown(text));
    });

    public void WriteDebug(string text) => Enqueue(cmdlet => cmdlet.WriteDebug(Shown(text)));

    /// <summary>Shows progress; of several records of one activity that wait, only the newest is shown.</summary>
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

    /// <summary>Does something on the pipeline thread, in its turn.</summary>
    public void Invoke(Action action) => Enqueue(_ => action());

    /// <param name="target">What it is done to.</param>
    /// <param name="action">What is done.</param>
    /// <param name="isForced">Whether no question is asked; -WhatIf holds all the same.</param>
    public Task<bool> ShouldProcessAsync(string target, string action, bool isForced = false) =>
        AskAsync(cmdlet => (isForced && !_preferences.IsWhatIf) || cmdlet.ShouldProcess(Question(target), Question(action)));

    /// <summary>Waits until all that was queued has been done; where that ends the cmdlet, as -ErrorAction Stop does, nothing comes after.</summary>
    public Task CatchUpAsync() => AskAsync(_ => true);

    /// <summary>Does on the pipeline thread what was queued, until the work says it has ended.</summary>
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

    /// <summary>Takes away the progress that work which was cut short left behind.</summary>
    public void EndProgress(Cmdlet cmdlet)
    {
        foreach (var (id, activity) in _shownActivities.ToArray())
            Show(cmdlet, new ProgressRecord(id, activity, "done") { RecordType = ProgressRecordType.Completed });
    }

    public void Dispose() => _room.Dispose();

    private void Show(Cmdlet cmdlet, ProgressRecord record)
    {
        if (record.RecordType != ProgressRecordType.Completed)
            _shownActivities[record.ActivityId] = record.Activity;
        else if (!_shownActivities.Remove(record.ActivityId))
            return;

        record.Activity = Shown(record.Activity);
        record.StatusDescription = Shown(record.StatusDescription);
        record.CurrentOperation = DisplayText.Clean(record.CurrentOperation);
        cmdlet.WriteProgress(record);
    }

    /// <summary>An error without secrets, whatever it was made of.</summary>
    public ErrorRecord Shown(ErrorRecord error)
    {
        error = CommandNames.WithPrefix(error, _preferences.CommandPrefix);
        if (Client is not { } client)
            return error;

        var exception = client.HideSecrets(error.Exception);
        var target = error.TargetObject is string text ? client.HideSecrets(text) : error.TargetObject;
        var (message, remedy) = (error.ErrorDetails?.Message ?? error.Exception.Message, error.ErrorDetails?.RecommendedAction ?? "");
        var details = new ErrorDetails(client.HideSecrets(message)) { RecommendedAction = client.HideSecrets(remedy) };
        var isClean = exception == error.Exception && Equals(target, error.TargetObject) && details.Message == message && details.RecommendedAction == remedy;
        return isClean
            ? error
            : new ErrorRecord(exception, error.FullyQualifiedErrorId, error.CategoryInfo.Category, target) { ErrorDetails = details };
    }

    /// <summary>An exception without secrets.</summary>
    public Exception Shown(Exception failure) => Client?.HideSecrets(failure) ?? failure;

    private string Shown(string text) => DisplayText.Harmless(Client?.HideSecrets(text) ?? text);

    private string Question(string text) => DisplayText.OneLine(Shown(text));

    private async Task<T> AskAsync<T>(Func<Cmdlet, T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(cmdlet => answer.TrySetResult(question(cmdlet)));
        return await answer.Task.WaitAsync(_stop);
    }

    // What comes after the end, from work that was told to stop, has nobody to go to.
    private void Enqueue(Action<Cmdlet> step) => _queue.Writer.TryWrite(step);
}
