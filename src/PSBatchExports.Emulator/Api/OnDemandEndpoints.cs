using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Api.Validation;
using PSBatchExports.Emulator.Data;
using PSBatchExports.Emulator.Hosting;
using PSBatchExports.Emulator.Storage;

namespace PSBatchExports.Emulator.Api;

/// <summary>On-demand runs: create, list, retrieve, download, cancel, count rows.</summary>
internal sealed class OnDemandEndpoints(
    EmulatorState state,
    EmulatorOptions options,
    PageLinks links,
    RunFiles runFiles,
    SignedUrls urls,
    Uri storageOrigin)
{
    private const string Path = "file_download_batch_exports";

    public IEnumerable<Route> Routes =>
    [
        new("GET", Path, Route.Read, Endpoints.Locked(state, List)),
        new("POST", Path, Route.Write, Endpoints.Locked(state, Create)),
        new("GET", Path + "/{id}", Route.Read, RetrieveAsync),
        new("GET", Path + "/{id}/download", Route.Read, (context, _) => DownloadAsync(context, "0")),
        new("GET", Path + "/{id}/download/{part}", Route.Read, (context, _) => DownloadAsync(context, context.Value("part"))),
        new("POST", Path + "/{id}/cancel", Route.Write, Endpoints.Locked(state, Cancel)),
        new("POST", Path + "/count_rows", Route.Write, Endpoints.Locked(state, CountRows)) { Throttled = false },
    ];

    private EmulatorResponse List(ApiContext context)
    {
        var runs = state.OnDemandRuns
            .Where(r => r.ProjectId == context.Project.Id)
            .OrderByDescending(r => r.CreatedAt)
            .ThenByDescending(r => r.Id)
            .ToArray();
        var now = state.Now;
        return OffsetPage.Create(runs, context.Request, links, run => new JsonObject
        {
            ["id"] = run.Id.ToString(),
            ["status"] = run.StatusAt(now),
        });
    }

    private EmulatorResponse Create(ApiContext context)
    {
        var now = state.Now;
        var specification = new OnDemandRules(options, now).Check(context.Body);
        var active = state.OnDemandRuns.Count(r => r.ProjectId == context.Project.Id && RunStatus.IsActive(r.StatusAt(now)));
        if (active >= options.ConcurrentDownloadLimit)
        {
            throw Problem.TooMany(
                "too_many_concurrent_file_downloads", "Too many concurrent file download batch exports for this team.");
        }

        var run = NewRun(context.Project.Id, specification, now);
        run.GrowList(options.ListDuration);
        if (state.RunsNeverEnd)
            run.Force(RunStatus.Running);
        state.AddOnDemandRun(run);
        if (state.FailToStart)
        {
            run.Force(RunStatus.Failed, "Failed to start");
            return EmulatorResponse.Json(500, new JsonObject
            {
                ["detail"] = "The batch export failed to start. Check our status page for any ongoing incidents and try again later.",
            });
        }

        runFiles.Prepare(run);
        LogStart(run);
        return EmulatorResponse.Json(202, new JsonObject { ["id"] = run.Id.ToString() });
    }

    private OnDemandRun NewRun(int projectId, OnDemandSpecification specification, DateTimeOffset now)
    {
        var onDemandId = state.Ids.Next(now);
        var id = state.Ids.Next(now);
        var files = state.Ids.Next(now).ToByteArray(bigEndian: true);
        return new OnDemandRun
        {
            Id = id,
            OnDemandId = onDemandId,
            ProjectId = projectId,
            CreatedAt = now,
            Duration = options.RunDuration,
            Specification = specification,
            IsTooLarge = BusyDays.Exceed(options, specification),
            FileId = part => FileId(files, part),
        };
    }

    private static Guid FileId(byte[] pattern, int part)
    {
        var bytes = pattern.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(8), (ushort)(part + 1));
        return new Guid(bytes, bigEndian: true);
    }

    private void LogStart(OnDemandRun run)
    {
        var start = WireTime.WithOffset(run.Specification.Start ?? run.CreatedAt);
        var end = WireTime.WithOffset(run.Specification.End ?? run.CreatedAt);
        state.AddLogs([new LogRow(run.Id, $"{run.OnDemandId}", run.CreatedAt, "INFO", $"Batch exporting range {start} - {end}")]);
    }

    private async Task<EmulatorResponse> RetrieveAsync(ApiContext context, CancellationToken cancellationToken)
    {
        var run = Lookup.OnDemandRun(state, context);
        var now = state.Now;
        var status = run.StatusAt(now);
        if (status == RunStatus.Completed)
        {
            var list = await ListedAsync(run, now);
            return list is { Files.Count: > 0 } or { Records: 0 } ? Completed(list) : Status(RunStatus.Running);
        }

        var response = new JsonObject { ["status"] = status };
        if (run.ErrorAt(now) is { } error)
            response["error"] = error;
        return EmulatorResponse.Json(200, response);
    }

    /// <summary>The files that are listed so far; null if they are not generated yet.</summary>
    private async Task<RunFileList?> ListedAsync(OnDemandRun run, DateTimeOffset now) =>
        await runFiles.ListAsync(run) is { } list ? list with { Files = [.. list.Files.Where(file => run.IsListed(file.Id, now))] } : null;

    private EmulatorResponse Completed(RunFileList list)
    {
        var response = new JsonObject
        {
            ["status"] = RunStatus.Completed,
            ["files"] = new JsonArray([.. list.Files.Select(f => JsonValue.Create(f.Id.ToString()))]),
        };
        if (!options.OlderServer)
            response["records_completed"] = list.Records;
        return EmulatorResponse.Json(200, response);
    }

    private async Task<EmulatorResponse> DownloadAsync(ApiContext context, string part)
    {
        var run = Lookup.OnDemandRun(state, context);
        var now = state.Now;
        var status = run.StatusAt(now);
        if (RunStatus.IsActive(status))
            throw Problem.Invalid("Batch export run is still in progress");

        if (RunStatus.IsFailure(status))
            throw Problem.Invalid("Batch export run has failed");

        if (status == RunStatus.Cancelled)
            throw Problem.Invalid("Batch export run was cancelled");

        var files = (await ListedAsync(run, now))?.Files ?? [];
        var file = Find(files, part);
        var expires = run.CreatedAt + run.Duration + options.FileRetention;
        if (now >= expires)
            throw Problem.Invalid("This file download has expired");

        var left = expires - now;
        var url = urls.Sign(storageOrigin, file.Key, file.Name, now, left < options.SignedUrlLifetime ? left : options.SignedUrlLifetime);
        return EmulatorResponse.Empty(302)
            .WithHeader("Location", url)
            .WithHeader("Cache-Control", "no-store")
            .WithHeader("Content-Type", "text/html; charset=utf-8");
    }

    private static RunFile Find(IReadOnlyList<RunFile> files, string part)
    {
        if (Guid.TryParse(part, out var id))
            return files.FirstOrDefault(f => f.Id == id) ?? throw Problem.NotFound();

        if (!long.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
            throw Problem.Invalid($"Invalid file id or index: '{part}'");

        return index >= 0 && index < files.Count
            ? files[(int)index]
            : throw Problem.NotFound(string.Create(CultureInfo.InvariantCulture, $"No files with index {index}"));
    }

    private EmulatorResponse Cancel(ApiContext context)
    {
        var run = Lookup.OnDemandRun(state, context);
        var status = run.StatusAt(state.Now);
        if (!RunStatus.IsActive(status))
            throw Problem.Invalid($"Cannot cancel a run that is in '{status}' status");

        if (!state.IgnoreCancellations)
            run.Force(RunStatus.Cancelled);
        return Status(run.StatusAt(state.Now));
    }

    private EmulatorResponse CountRows(ApiContext context)
    {
        var specification = new OnDemandRules(options, state.Now).CheckCount(context.Body);
        if (state.CountTimesOut)
        {
            throw Problem.Invalid(
                "Timeout exceeded while counting rows. The query may be too complex, or the count may be too large to finish within a "
                + "short time. Running this query in an export may take too long to complete and/or may produce a very large file to "
                + "download. Narrow the query with a WHERE clause to count and export less data if you can't tolerate the additional "
                + "execution time and/or file size.",
                code: "timeout_exceeded");
        }

        return EmulatorResponse.Json(200, new JsonObject { ["count"] = QueryRows.CountOf(specification.Start, specification.End) });
    }

    private static EmulatorResponse Status(string status) => EmulatorResponse.Json(200, new JsonObject { ["status"] = status });
}
