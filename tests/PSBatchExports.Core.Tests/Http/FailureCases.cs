using PSBatchExports.Emulator;
using PSBatchExports.Http;

namespace PSBatchExports.Core.Tests;

/// <summary>
/// How a request can fail, and what the client does. "Maybe": a create may have taken effect although it failed. The waits are those
/// between the attempts, of which there is one more.
/// </summary>
internal static class FailureCases
{
    /// <summary>A wait that the client chooses: it doubles each time and has jitter.</summary>
    public const string BackOff = "back-off";

    public const int Retries = 2;

    private const bool Maybe = true;
    private const bool No = false;

    private static readonly Type Broken = typeof(ConnectionFailedException);
    private static readonly Type Late = typeof(RequestTimedOutException);
    private static readonly Type Failed = typeof(ServerFailedException);
    private static readonly Type Throttled = typeof(ThrottledException);
    private static readonly Type Crowded = typeof(ConcurrencyLimitException);
    private static readonly Type Odd = typeof(UnexpectedResponseException);

    private static readonly string[] Never = [];
    private static readonly string[] Backing = [BackOff, BackOff];

#pragma warning disable IDE0055 // A table reads by its columns.
    public static readonly IReadOnlyList<FailureCase> All =
    [
        //  what goes wrong               how
        //  ends as    waits: read, change  waits: create        may have taken effect
        new("connection refused",         null,
            Broken,    Backing,             Backing,             No),
        new("reset before processing",    _ => new Fault { Reset = true },
            Broken,    Backing,             Never,               Maybe),
        new("reset after processing",     _ => new Fault { ResetAfterProcessing = true },
            Broken,    Backing,             Never,               Maybe),
        new("no answer in time",          _ => new Fault { StallHeaders = true },
            Late,      Backing,             Never,               Maybe),
        new("408",                        _ => Status(408),
            Failed,    Backing,             Never,               Maybe),
        new("404 of a balancer",          _ => Page(404),
            Odd,       Backing,             Never,               No),
        new("404 without a body",         _ => Status(404),
            Odd,       Backing,             Never,               No) { IsAnswerToSteps = true },
        new("410 with HTML",              _ => Page(410),
            Odd,       Never,               Never,               No),
        new("403 with a sign-in page",    _ => Page(403),
            Odd,       Never,               Never,               No),
        new("429 in 37 s",                _ => Limited("37"),
            Throttled, ["37 s", "37 s"],    ["37 s", "37 s"],    No),
        new("429 until a date",           now => Limited($"{now.AddSeconds(45):R}"),
            Throttled, ["45 s", BackOff],   ["45 s", BackOff],   No),
        new("429 until a past date",      now => Limited($"{now.AddHours(-1):R}"),
            Throttled, Backing,             Backing,             No),
        new("429 in 0 s",                 _ => Limited("0"),
            Throttled, Backing,             Backing,             No),
        new("429 without a time",         _ => Limited(null),
            Throttled, Backing,             Backing,             No),
        new("429 in an hour",             _ => Limited("3600"),
            Throttled, Never,               Never,               No),
        new("429 too many at once",       _ => Fixture.AsAnswer("create-file-download.429.too-many.http"),
            Crowded,   Never,               Never,               No),
        new("500",                        _ => Fixture.AsAnswer("server-error.500"),
            Failed,    Backing,             Never,               Maybe),
        new("502 with HTML",              _ => Fixture.AsAnswer("bad-gateway.502.http"),
            Failed,    Backing,             Never,               Maybe),
        new("503 in 1 s",                 _ => Fixture.AsAnswer("database-unavailable.503.http"),
            Failed,    ["1 s", "1 s"],      ["1 s", "1 s"],      No),
        new("503 without a time",         _ => Status(503),
            Failed,    Backing,             Backing,             No),
        new("503 in an hour",             _ => Status(503, "3600"),
            Failed,    Never,               Never,               No),
        new("504",                        _ => Status(504),
            Failed,    Backing,             Never,               Maybe),
        new("bad JSON",                   _ => Success("{\"id\": "),
            Odd,       Backing,             Never,               Maybe) { IsInBody = true },
        new("truncated JSON",             _ => Success("{\"id\": \"0199\"}") with { TruncateAfter = 5 },
            Broken,    Backing,             Never,               Maybe) { IsInBody = true },
        new("wrong content type",         _ => Success("<html>Sign in</html>") with { ContentType = "text/html" },
            Odd,       Backing,             Never,               Maybe) { IsInBody = true },
        new("200 with an error body",     _ => Success(Fixture.Text("server-error.500")),
            Odd,       Backing,             Never,               Maybe) { IsInBody = true },
    ];
#pragma warning restore IDE0055

    public static Fault Status(int status, string? retryAfter = null) =>
        new() { Status = status, Headers = retryAfter is null ? null : new Dictionary<string, string> { ["Retry-After"] = retryAfter } };

    public static Fault Limited(string? retryAfter) => Status(429, retryAfter) with { Body = Fixture.Text("throttled.429") };

    private static Fault Page(int status) => new() { Status = status, Body = "<html>Not here</html>", ContentType = "text/html" };

    private static Fault Success(string body) => new() { Status = 200, Body = body };
}

/// <param name="Name">The failure.</param>
/// <param name="Fault">The fault at the given time; null if nothing listens.</param>
/// <param name="Outcome">The exception if the failure lasts.</param>
/// <param name="Repeated">The waits of an idempotent call.</param>
/// <param name="Create">The waits of a create.</param>
/// <param name="MayHaveTakenEffect">Whether the create may have taken effect.</param>
internal sealed record FailureCase(
    string Name,
    Func<DateTimeOffset, Fault>? Fault,
    Type Outcome,
    string[] Repeated,
    string[] Create,
    bool MayHaveTakenEffect)
{
    /// <summary>Whether it only affects calls that read the body.</summary>
    public bool IsInBody { get; init; }

    /// <summary>Whether this is the service's own response for a destination without checks.</summary>
    public bool IsAnswerToSteps { get; init; }

    public string[] WaitsOf(Call call) => call.RetryMode == RetryMode.Always ? Repeated : Create;

    // If nothing listens, a call that reads first fails in its read, which is a call of its own here.
    public bool AppliesTo(Call call) =>
        !(IsInBody && call.AnswersWithRedirect) &&
        !(IsAnswerToSteps && call.Name == "list test steps") &&
        !(Fault is null && call.ReadsFirst);
}
