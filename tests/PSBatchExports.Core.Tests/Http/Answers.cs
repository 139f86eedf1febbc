namespace PSBatchExports.Core.Tests;

/// <summary>The recorded responses to each call.</summary>
internal static class Answers
{
    private static readonly Dictionary<string, string> FixturePrefixes = new(StringComparer.Ordinal)
    {
        ["list exports"] = "list-batch-exports.200",
        ["get export"] = "retrieve-batch-export.200",
        ["list runs"] = "runs-list.200",
        ["get run"] = "run-retrieve.200",
        ["list backfills"] = "backfills-list.200",
        ["get backfill"] = "backfill-retrieve.200",
        ["read export's log"] = "logs.200",
        ["list downloads"] = "list-file-downloads.200",
        ["get download"] = "retrieve-file-download.200",
        ["read download's log"] = "file-download-logs.200",
        ["update export"] = "update-batch-export.200",
        ["pause export"] = "pause.200",
        ["unpause export"] = "unpause.200",
        ["cancel run"] = "run-cancel.200",
        ["cancel backfill"] = "backfill-cancel.200",
        ["cancel download"] = "cancel-file-download.200",
        ["list test steps"] = "destination-test.200",
        ["test new export"] = "run-test-step.200",
        ["count rows"] = "count-rows.200",
        ["create export"] = "create-batch-export.201",
        ["create backfill"] = "create-backfill.201",
        ["create download"] = "create-file-download.202",
        ["retry run"] = "run-retry.201",
    };

    /// <summary>The calls with recorded responses.</summary>
    public static IEnumerable<string> Calls => FixturePrefixes.Keys;

    public static string[] FixturesOf(string call) =>
        [.. Fixture.Names.Where(name => name.StartsWith(FixturePrefixes[call], StringComparison.Ordinal))];

    /// <summary>
    /// A server that gives one response to the request that a call is about, and recorded ones to what the call reads first.
    /// </summary>
    public static RawServer Serve(Func<Call> call, Func<byte[]> answer) => new(head =>
    {
        var words = head.Split(' ');
        return [call().IsAbout(words[0], words[1].Split('?')[0]) ? answer() : Beforehand(head)];
    });

    private static byte[] Beforehand(string head) => RawServer.Json(Fixture.Text(
        head.Contains("/test/", StringComparison.Ordinal) ? "destination-test.200.aws-s3"
        : head.Contains("/run_test_step", StringComparison.Ordinal) ? "run-test-step.200.passed"
        : "retrieve-batch-export.200"));
}
