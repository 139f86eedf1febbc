using System.Globalization;
using System.Management.Automation;
using PSBatchExports.Errors;

namespace PSBatchExports.Async;

/// <summary>
/// The base of every cmdlet: runs asynchronous work off the pipeline thread and does what it writes on it. However the cmdlet is left - stop,
/// Select-Object -First, -ErrorAction Stop, an error - the work is cancelled and has ended before the engine goes on.
/// </summary>
public abstract class AsyncCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private int _isDisposed;

    /// <summary>Runs first, on the pipeline thread, which alone knows the runspace.</summary>
    private protected virtual void Prepare()
    {
    }

    /// <summary>Runs before each piped object is worked on, on the pipeline thread.</summary>
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

    /// <summary>What the cmdlet leaves behind when the user stops it, and how to continue; null for nothing. Called from any thread.</summary>
    private protected virtual string? DescribeUnfinishedWork() => null;

    /// <inheritdoc />
    public void Dispose()
    {
        Cancel();
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            _stop.Dispose();

        GC.SuppressFinalize(this);
    }

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
            ThrowTerminatingError(pipeline.Shown(terminating.ErrorRecord));
        }
        catch (Exception failure) when (failure is not PipelineStoppedException && pipeline.Shown(failure) != failure)
        {
            throw pipeline.Shown(failure);
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
            // A stopped pipeline shows nothing any more.
        }
    }

    private PipelinePreferences Preferences()
    {
        var debug = Typed("Debug");
        return new PipelinePreferences(
            WantsDebug: debug ?? !string.Equals(Convert.ToString(GetVariableValue("DebugPreference"), CultureInfo.InvariantCulture), nameof(ActionPreference.SilentlyContinue), StringComparison.OrdinalIgnoreCase),
            AsksAfterMessages: debug == true && Typed("Verbose") is null,
            IsWhatIf: Typed("WhatIf") ?? LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference")),
            CommandPrefix: CommandNames.PrefixOf(this));
    }

    // The streams of a stopped pipeline are closed. A host may not answer, and the prompt must not wait for it.
    private void ShowUnfinishedWork()
    {
        if (DescribeUnfinishedWork() is not { } text)
            return;

        var writing = Task.Run(() => Host.UI?.WriteWarningLine(DisplayText.Harmless(CommandNames.WithPrefix(text, CommandNames.PrefixOf(this)))));
        _ = writing.ContinueWith(written => _ = written.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        ((IAsyncResult)writing).AsyncWaitHandle.WaitOne(TimeSpan.FromMilliseconds(200));
    }

    private bool? Typed(string commonSwitch) =>
        MyInvocation.BoundParameters.TryGetValue(commonSwitch, out var typed) ? typed is SwitchParameter { IsPresent: true } : null;

    private void Cancel()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Stop may come after the end.
        }
    }
}
