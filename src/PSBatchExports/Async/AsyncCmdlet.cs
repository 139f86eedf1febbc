using System.Globalization;
using System.Management.Automation;
using PSBatchExports.Errors;

namespace PSBatchExports.Async;

/// <summary>
/// The base of every cmdlet that sends requests. Work runs off the pipeline thread; its output is written on it. However the
/// cmdlet ends - Ctrl+C, Select-Object -First, -ErrorAction Stop, an error - the work is cancelled and awaited before control
/// returns to the engine.
/// </summary>
public abstract class AsyncCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private int _isDisposed;

    /// <summary>Runs once before any input, on the pipeline thread, where the runspace is available.</summary>
    private protected virtual void Prepare()
    {
    }

    /// <summary>Runs before each input object is processed, on the pipeline thread.</summary>
    private protected virtual void PrepareRecord()
    {
    }

    private protected virtual Task ProcessAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) => Task.CompletedTask;

    private protected virtual Task EndAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    protected sealed override void BeginProcessing() => Prepare();

    /// <inheritdoc />
    protected sealed override void ProcessRecord()
    {
        PrepareRecord();
        Run(ProcessAsync);
    }

    /// <inheritdoc />
    protected sealed override void EndProcessing() => Run(EndAsync);

    /// <inheritdoc />
    protected sealed override void StopProcessing()
    {
        ShowUnfinishedWork();
        Cancel();
    }

    /// <summary>
    /// Describes what is left running when the user stops the cmdlet, and how to continue; null for nothing. Called from any
    /// thread.
    /// </summary>
    private protected virtual string? DescribeUnfinishedWork() => null;

    /// <inheritdoc />
    public void Dispose()
    {
        Cancel();
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            _stop.Dispose();

        GC.SuppressFinalize(this);
    }

    /// <summary>The value of a switch, such as -Confirm; null if it is not bound.</summary>
    private protected bool? SwitchValue(string name) =>
        MyInvocation.BoundParameters.TryGetValue(name, out var value) ? value is SwitchParameter { IsPresent: true } : null;

    private void Run(Func<AsyncPipeline, CancellationToken, Task> work)
    {
        var token = _stop.Token;
        var pipeline = new AsyncPipeline(Preferences(), token);
        var running = Task.Run(
            async () =>
            {
                try
                {
                    await work(pipeline, token);
                }
                finally
                {
                    pipeline.Complete();
                }
            },
            CancellationToken.None);
        try
        {
            pipeline.Drain(this);
            running.GetAwaiter().GetResult();
        }
        catch (Exception failure) when (token.IsCancellationRequested && failure is not PipelineStoppedException)
        {
            throw new PipelineStoppedException();
        }
        catch (TerminatingErrorException terminating)
        {
            ThrowTerminatingError(pipeline.Sanitize(terminating.ErrorRecord));
        }
        catch (Exception failure) when (failure is not PipelineStoppedException && pipeline.Sanitize(failure) != failure)
        {
            throw pipeline.Sanitize(failure);
        }
        finally
        {
            if (!running.IsCompleted)
            {
                Cancel();
                ((IAsyncResult)running).AsyncWaitHandle.WaitOne();
            }

            _ = running.Exception;
            EndProgress(pipeline);
            pipeline.Dispose();
        }
    }

    private void EndProgress(AsyncPipeline pipeline)
    {
        try
        {
            pipeline.EndProgress(this);
        }
        catch (PipelineStoppedException)
        {
            // A stopped pipeline no longer accepts progress records.
        }
    }

    private PipelinePreferences Preferences()
    {
        var debug = SwitchValue("Debug");
        var debugPreference = Convert.ToString(GetVariableValue("DebugPreference"), CultureInfo.InvariantCulture);
        var isDebugSilent = string.Equals(debugPreference, nameof(ActionPreference.SilentlyContinue), StringComparison.OrdinalIgnoreCase);
        return new PipelinePreferences(
            WantsDebug: debug ?? !isDebugSilent,
            PromptsAfterMessages: debug == true && SwitchValue("Verbose") is null,
            IsWhatIf: SwitchValue("WhatIf") ?? LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference")),
            CommandPrefix: CommandNames.PrefixOf(this));
    }

    // The streams of a stopped pipeline are closed, so this goes to the host, which may block: the wait is bounded.
    private void ShowUnfinishedWork()
    {
        if (DescribeUnfinishedWork() is not { } text)
            return;

        var warning = DisplayText.Harmless(CommandNames.WithPrefix(text, CommandNames.PrefixOf(this)));
        var writing = Task.Run(() => Host.UI?.WriteWarningLine(warning));
        _ = writing.ContinueWith(
            written => _ = written.Exception,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        ((IAsyncResult)writing).AsyncWaitHandle.WaitOne(TimeSpan.FromMilliseconds(200));
    }

    private void Cancel()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // StopProcessing may run after Dispose.
        }
    }
}
