using System.Buffers;
using PSBatchExports.Files.Integrity;
using PSBatchExports.Files.Storage;
using PSBatchExports.Http;

namespace PSBatchExports.Files.Download;

/// <summary>
/// One pass over what is missing of a file: ranges on as many connections as are free and of use, each asked for again by itself where it
/// breaks. A storage that does not answer with parts is read as one stream.
/// </summary>
/// <param name="storage">Where the file comes from.</param>
/// <param name="partial">Where it goes to.</param>
/// <param name="check">What looks at the bytes as they arrive; null for nothing.</param>
/// <param name="slots">The connections of the call.</param>
/// <param name="options">How files are saved.</param>
/// <param name="asOneStream">Whether it is read as one stream from the beginning.</param>
/// <param name="prepare">Is told of the object before the first byte is written, and returns the path that errors name.</param>
/// <param name="onProgress">Is told name, bytes so far and length.</param>
internal sealed class FileTransfer(
    StorageFile storage,
    PartialFile partial,
    ArrivalCheck? check,
    SemaphoreSlim slots,
    SaveOptions options,
    bool asOneStream,
    Func<StorageObject, string> prepare,
    Action<string, long, long?> onProgress)
{
    // Fewer, longer reads and writes: 512 KiB take a tenth less processor time than 256 KiB, and more would be seen in the memory (bench/README.md).
    private const int BufferBytes = 512 * 1024;

    /// <summary>A connection that breaks again and again may go on as long as it brings so much between two breaks.</summary>
    private const long WorthAnotherTry = 256 * 1024;

    /// <summary>So many parts in a row that are shorter than asked for, and than is worth a request, are no accident.</summary>
    private const int MostShortParts = 16;

    private readonly long? _partBytes = check is null ? null : MultipartTag.ServicePartBytes;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _asOneStream = asOneStream;
    private bool _wereRangesIgnored;
    private int _shortParts;
    private RangePlan? _plan;
    private StorageObject? _object;

    /// <returns>What the storage says of the object.</returns>
    /// <exception cref="StartOverException">What has been fetched is of no use.</exception>
    public async Task<StorageObject> RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var work = new List<Task> { OrStopAllAsync(BeginAsync(stop.Token), stop) };
        await Task.WhenAny(_opened.Task, work[0]);
        for (var more = _opened.Task.IsCompleted ? _plan?.UsefulConnections ?? 0 : 0; more > 0 && work.Count < options.Connections; more--)
            work.Add(OrStopAllAsync(WorkAsync(stop.Token), stop));

        try
        {
            await Task.WhenAll(work);
        }
        catch (UnexpectedResponseException) when (_wereRangesIgnored)
        {
            throw new StartOverException("The storage answers with the whole file instead of parts of it.") { AsOneStream = true };
        }

        return _object!;
    }

    private static async Task OrStopAllAsync(Task work, CancellationTokenSource stop)
    {
        try
        {
            await work;
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (partial.Header is not null)
            _plan = partial.Plan(options.Connections, _partBytes);

        // Where nothing is missing, one byte is read again to learn whether the file is still the same.
        var first = _plan is null ? new ByteRange(0, options.Sizes.FirstRange) : _plan.Take() ?? new ByteRange(0, 1);
        await FetchAsync(new Piece(first), cancellationToken);
        if (_plan is not null)
            await WorkAsync(cancellationToken);
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        while (_plan!.Take() is { } range)
            await FetchAsync(new Piece(range), cancellationToken);
    }

    private async Task FetchAsync(Piece piece, CancellationToken cancellationToken)
    {
        await slots.WaitAsync(cancellationToken);
        try
        {
            while (!await TryFetchAsync(piece, cancellationToken))
            {
            }
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task<bool> TryFetchAsync(Piece piece, CancellationToken cancellationToken)
    {
        var before = piece.Position;
        try
        {
            return await storage.RepeatAsync(token => FetchOnceAsync(piece, token), cancellationToken);
        }
        catch (BatchExportException failure) when (RetryRules.IsTransient(failure) && !_asOneStream && piece.Position - before >= WorthAnotherTry)
        {
            return false;
        }
    }

    private async ValueTask<bool> FetchOnceAsync(Piece piece, CancellationToken cancellationToken)
    {
        using var answer = await storage.OpenAsync(_asOneStream ? null : piece.Rest, partial.Header?.Validator, options.StallTimeout, cancellationToken);
        Accept(answer, piece);
        var end = answer.Extent is BodyExtent.Part { Range.End: var last } ? last : piece.Rest.End;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (piece.Position < end)
            {
                var room = buffer.AsMemory(0, (int)Math.Min(buffer.Length, end - piece.Position));
                var read = await answer.ReadAsync(room, cancellationToken);
                if (read == 0)
                    return piece.EndsWithBody ? piece.Complete() : throw answer.Broken();

                partial.Write(piece.Position, buffer.AsSpan(0, read));
                piece.Position += read;
                onProgress(_object!.Name, partial.Bytes, _object.Length);
            }

            return piece.IsComplete;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Accept(StorageAnswer answer, Piece piece)
    {
        if (partial.Header is { } header && !_asOneStream)
            Check(answer, header);

        if (_object is null || _asOneStream)
        {
            var path = prepare(answer.Object);
            if (partial.Header is null || _asOneStream)
                Begin(answer, piece, path);

            if (!_asOneStream)
                check?.Begin(answer.Object);

            _object = answer.Object;
            _opened.TrySetResult();
        }

        if (answer.Extent is BodyExtent.Part { Range: var part })
            CountIfShort(part, piece);
    }

    // Something on the way allows no longer parts. What has come of them holds, but a file is not fetched by a request for every few bytes.
    private void CountIfShort(ByteRange part, Piece piece)
    {
        if (part.End == piece.Rest.End || part.Length >= WorthAnotherTry)
            Volatile.Write(ref _shortParts, 0);
        else if (Interlocked.Increment(ref _shortParts) > MostShortParts)
            throw new StartOverException("The storage answers with much shorter parts than are asked for.") { AsOneStream = true };
    }

    private void Begin(StorageAnswer answer, Piece piece, string path)
    {
        var found = answer.Object;
        if (answer.Extent is BodyExtent.Whole)
        {
            _asOneStream = true;
            partial.Begin(path, found.Length, validator: null);
            piece.BecomeWhole(found.Length);
            return;
        }

        if (answer.Extent is not BodyExtent.Part { Range.Start: 0 } || found.Length is not { } length || found.Validator is null)
            throw new StartOverException("The storage does not tell versions of the file apart.") { AsOneStream = true };

        partial.Begin(path, length, found.Validator);
        piece.EndAt(length);
        _plan = partial.Plan(options.Connections, _partBytes, except: piece.Rest);
    }

    private void Check(StorageAnswer answer, PartialHeader header)
    {
        var found = answer.Object;
        if (found.Validator != header.Validator || (found.Length is { } length && length != header.Length))
            throw new StartOverException("The file has changed at the storage.");

        if (answer.Extent is BodyExtent.Whole)
        {
            _wereRangesIgnored = true;
            throw answer.Unexpected("The storage answered with the whole file instead of a part of it.");
        }
    }

    /// <summary>A range on its way.</summary>
    private sealed class Piece(ByteRange range)
    {
        private long _end = range.End;

        public long Position { get; set; } = range.Start;

        public ByteRange Rest => new(Position, _end);

        public bool IsComplete => Position >= _end;

        /// <summary>Whether it is not known before where it ends.</summary>
        public bool EndsWithBody { get; private set; }

        public void EndAt(long length) => _end = Math.Min(_end, length);

        public void BecomeWhole(long? length) => (Position, _end, EndsWithBody) = (0, length ?? long.MaxValue, length is null);

        public bool Complete()
        {
            _end = Position;
            return true;
        }
    }
}
