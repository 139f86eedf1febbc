using System.Buffers;
using PSBatchExports.Files.Integrity;
using PSBatchExports.Files.Storage;
using PSBatchExports.Http;

namespace PSBatchExports.Files.Download;

/// <summary>
/// One pass over the missing bytes of a file: ranges over as many connections as are free and useful, each retried by itself. A storage
/// that does not answer with ranges is read as one stream.
/// </summary>
/// <param name="storage">The file at the storage.</param>
/// <param name="target">Where it is saved. The path is reserved before the first byte is written.</param>
/// <param name="partial">The file that is written.</param>
/// <param name="check">Checks the bytes while they arrive; null for no check.</param>
/// <param name="slots">The connections that all files of the call share.</param>
/// <param name="options">How files are saved.</param>
/// <param name="asOneStream">Whether to read the file as one stream from the beginning.</param>
internal sealed class FileTransfer(
    StorageFile storage,
    SaveTarget target,
    PartialFile partial,
    ArrivalCheck? check,
    SemaphoreSlim slots,
    SaveOptions options,
    bool asOneStream)
{
    // 512 KiB take a tenth less processor time than 256 KiB; larger buffers show in the memory (bench/README.md).
    private const int BufferBytes = 512 * 1024;

    // A range that keeps breaking is retried without limit as long as each attempt yields this much.
    private const long MinProgress = 256 * 1024;

    // More short parts in a row are no accident.
    private const int MaxShortParts = 16;

    private readonly long? _partBytes = check is null ? null : MultipartTag.ServicePartBytes;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _asOneStream = asOneStream;
    private bool _wereRangesIgnored;
    private int _shortParts;
    private RangePlan? _plan;
    private StorageObject? _object;

    /// <returns>The object that was fetched, or why it has to be fetched from the beginning.</returns>
    public async Task<(StorageObject? Fetched, Restart? Restart)> RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var workers = new List<Task> { StopAllOnFailureAsync(RunFirstWorkerAsync(stop.Token), stop) };
        await Task.WhenAny(_opened.Task, workers[0]);
        var more = _opened.Task.IsCompleted ? _plan?.UsefulConnections ?? 0 : 0;
        for (; more > 0 && workers.Count < options.Connections; more--)
            workers.Add(StopAllOnFailureAsync(RunWorkerAsync(stop.Token), stop));

        try
        {
            await Task.WhenAll(workers);
            return (_object!, null);
        }
        catch (RestartException unusable)
        {
            return (null, unusable.Restart);
        }
        catch (UnexpectedResponseException) when (_wereRangesIgnored)
        {
            return (null, new Restart("The storage answers with the whole file instead of ranges of it.", AsOneStream: true));
        }
    }

    private static async Task StopAllOnFailureAsync(Task worker, CancellationTokenSource stop)
    {
        try
        {
            await worker;
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }

    private async Task RunFirstWorkerAsync(CancellationToken cancellationToken)
    {
        if (partial.Header is not null)
            _plan = partial.Plan(options.Connections, _partBytes);

        // If nothing is missing, one byte is read again to see whether the file is still the same.
        var first = _plan is null ? new ByteRange(0, options.Sizes.FirstRange) : _plan.Next() ?? new ByteRange(0, 1);
        await FetchRangeAsync(new RangeInFlight(first), cancellationToken);
        if (_plan is not null)
            await RunWorkerAsync(cancellationToken);
    }

    private async Task RunWorkerAsync(CancellationToken cancellationToken)
    {
        while (_plan!.Next() is { } range)
            await FetchRangeAsync(new RangeInFlight(range), cancellationToken);
    }

    private async Task FetchRangeAsync(RangeInFlight range, CancellationToken cancellationToken)
    {
        await slots.WaitAsync(cancellationToken);
        try
        {
            var isComplete = false;
            while (!isComplete)
                isComplete = await RetryAsync(range, cancellationToken);
        }
        finally
        {
            slots.Release();
        }
    }

    /// <returns>Whether the range is complete. False also if the retries are used up but the attempts made progress.</returns>
    private async Task<bool> RetryAsync(RangeInFlight range, CancellationToken cancellationToken)
    {
        var before = range.Position;
        try
        {
            return await storage.RepeatAsync(token => RequestAsync(range, token), cancellationToken);
        }
        catch (BatchExportException failure)
            when (RetryRules.IsTransient(failure) && !_asOneStream && range.Position - before >= MinProgress)
        {
            return false;
        }
    }

    /// <returns>Whether the range is complete. A storage may answer with less than was asked for.</returns>
    private async Task<bool> RequestAsync(RangeInFlight range, CancellationToken cancellationToken)
    {
        ByteRange? asked = _asOneStream ? null : range.Remaining;
        using var response = await storage.OpenAsync(asked, partial.Header?.Validator, options.StallTimeout, cancellationToken);
        Accept(response, range);
        await CopyAsync(response, range, cancellationToken);
        return range.IsComplete;
    }

    private async ValueTask CopyAsync(StorageResponse response, RangeInFlight range, CancellationToken cancellationToken)
    {
        var end = response.Extent is BodyExtent.Part { Range.End: var last } ? last : range.Remaining.End;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (range.Position < end)
            {
                var room = buffer.AsMemory(0, (int)Math.Min(buffer.Length, end - range.Position));
                var read = await response.ReadAsync(room, cancellationToken);
                if (read == 0)
                {
                    range.EndHere(response);
                    return;
                }

                partial.Write(range.Position, buffer.AsSpan(0, read));
                range.Position += read;
                target.ReportProgress(_object!, partial.Bytes);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Accept(StorageResponse response, RangeInFlight range)
    {
        if (partial.Header is { } header && !_asOneStream)
            CheckUnchanged(response, header);

        if (_object is null || _asOneStream)
        {
            var path = target.Reserve(response.Object);
            if (partial.Header is null || _asOneStream)
                Begin(response, range, path);

            if (!_asOneStream)
                check?.Begin(response.Object);

            _object = response.Object;
            _opened.TrySetResult();
        }

        if (response.Extent is BodyExtent.Part { Range: var part })
            CheckPartLength(part, range);
    }

    private void CheckUnchanged(StorageResponse response, PartialHeader header)
    {
        var found = response.Object;
        if (found.Validator != header.Validator || (found.Length is { } length && length != header.Length))
            throw new RestartException(new Restart("The file has changed at the storage."));

        if (response.Extent is BodyExtent.Whole)
        {
            _wereRangesIgnored = true;
            throw response.Unexpected("The storage answered with the whole file instead of a range of it.");
        }
    }

    private void Begin(StorageResponse response, RangeInFlight range, string path)
    {
        var found = response.Object;
        if (response.Extent is BodyExtent.Whole)
        {
            _asOneStream = true;
            partial.Begin(path, found.Length, validator: null);
            range.BecomeWhole(found.Length);
            return;
        }

        if (response.Extent is not BodyExtent.Part { Range.Start: 0 } || found.Length is not { } length || found.Validator is null)
            throw new RestartException(new Restart("The storage does not identify versions of the file.", AsOneStream: true));

        partial.Begin(path, length, found.Validator);
        range.EndAt(length);
        _plan = partial.Plan(options.Connections, _partBytes, except: range.Remaining);
    }

    // A proxy may shorten ranges. The bytes are good, but a file is not downloaded by a request for every few bytes.
    private void CheckPartLength(ByteRange part, RangeInFlight range)
    {
        if (part.End == range.Remaining.End || part.Length >= MinProgress)
            Volatile.Write(ref _shortParts, 0);
        else if (Interlocked.Increment(ref _shortParts) > MaxShortParts)
            throw new RestartException(new Restart("The storage answers with much shorter ranges than requested.", AsOneStream: true));
    }

    private sealed class RangeInFlight(ByteRange range)
    {
        private long _end = range.End;
        private bool _isEndUnknown;

        public long Position { get; set; } = range.Start;

        public ByteRange Remaining => new(Position, _end);

        public bool IsComplete => Position >= _end;

        public void EndAt(long length) => _end = Math.Min(_end, length);

        public void BecomeWhole(long? length) => (Position, _end, _isEndUnknown) = (0, length ?? long.MaxValue, length is null);

        /// <summary>Ends the range where the body has ended.</summary>
        /// <exception cref="ConnectionFailedException">The body was expected to be longer.</exception>
        public void EndHere(StorageResponse response)
        {
            if (!_isEndUnknown)
                throw response.Broken();

            _end = Position;
        }
    }

#pragma warning disable CA1032, CA1064 // Never leaves the transfer.
    /// <summary>Ends all workers.</summary>
    private sealed class RestartException(Restart restart) : Exception(restart.Reason)
    {
        public Restart Restart => restart;
    }
#pragma warning restore CA1032, CA1064
}
