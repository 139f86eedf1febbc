using PSBatchExports.Emulator;
using Xunit;
using static PSBatchExports.Core.Tests.Saves;

namespace PSBatchExports.Core.Tests;

/// <summary>Downloads that fail for a while, or for good.</summary>
public class SaveFailureTests
{
    private const int Retries = 2;

    private static readonly Dictionary<string, (Fault Fault, Type Failure, bool PassesOnRepetition)> Troubles = new()
    {
        ["truncated"] = (OnStorage with { TruncateAfter = 1000 }, typeof(ConnectionFailedException), true),
        ["cut before the first byte"] = (OnStorage with { TruncateAfter = 0 }, typeof(ConnectionFailedException), true),
        ["reset"] = (OnStorage with { Reset = true }, typeof(ConnectionFailedException), true),
        ["stalled in the body"] = (OnStorage with { Stall = true }, typeof(RequestTimedOutException), true),
        ["stalled before the headers"] = (OnStorage with { StallHeaders = true }, typeof(RequestTimedOutException), true),
        ["slow down"] = (Xml(503, "SlowDown", "Please reduce your request rate."), typeof(ServerFailedException), true),
        ["internal error"] = (Xml(500, "InternalError", "We encountered an internal error."), typeof(ServerFailedException), true),
        ["too many requests"] = (Xml(429, "TooManyRequests", "Slow down."), typeof(ServerFailedException), true),
        ["error that stalls"] = (Xml(503, "SlowDown", new string('.', 500)) with { Stall = true }, typeof(RequestTimedOutException), true),
        ["error that breaks off"] = (
            Xml(503, "SlowDown", new string('.', 500)) with { TruncateAfter = 10 }, typeof(ConnectionFailedException), true),
        ["expired URL"] = (Storage("s3-object.403.expired"), typeof(UnexpectedResponseException), true),
        ["expired token"] = (Storage("s3-object.400.expired-token"), typeof(UnexpectedResponseException), true),
        ["bad signature"] = (Storage("s3-object.403.bad-signature"), typeof(UnexpectedResponseException), false),
        ["two mechanisms"] = (Storage("s3-object.400.two-auth-mechanisms"), typeof(UnexpectedResponseException), false),
        ["no such key"] = (Storage("s3-object.404"), typeof(NotFoundException), false),
        ["a balancer's 404"] = (
            OnStorage with { Status = 404, Body = "default backend - 404", ContentType = "text/plain" },
            typeof(UnexpectedResponseException),
            true),
        ["a firewall's page"] = (
            OnStorage with { Status = 403, Body = "<html>Blocked</html>", ContentType = "text/html" },
            typeof(UnexpectedResponseException),
            false),
        ["a gateway's page in place of the file"] = (
            OnStorage with { Status = 200, Body = "<html>Please sign in</html>", ContentType = "text/html" },
            typeof(UnexpectedResponseException),
            true),
        ["redirect"] = (
            OnStorage with { Status = 307, Headers = new Dictionary<string, string> { ["Location"] = "https://elsewhere.example/" } },
            typeof(UnexpectedResponseException),
            false),
        ["API fails to sign"] = (new Fault { Status = 500, PathPattern = "/download/" }, typeof(ServerFailedException), true),
        ["API hands out no address"] = (new Fault { Status = 302, PathPattern = "/download/" }, typeof(UnexpectedResponseException), false),
        ["API answers with the file itself"] = (
            new Fault { Status = 200, Body = "{}", PathPattern = "/download/" }, typeof(UnexpectedResponseException), false),
        ["API hands out another scheme"] = (
            new Fault { Status = 302, PathPattern = "/download/", Headers = new() { ["Location"] = "file:///etc/passwd" } },
            typeof(UnexpectedResponseException),
            false),
    };

    public static TheoryData<string> EveryTrouble() => new(Troubles.Keys);

    [Theory]
    [MemberData(nameof(EveryTrouble))]
    public async Task A_lasting_failure_leaves_no_files_behind(string name)
    {
        var trouble = Troubles[name];
        await using var service = await TestService.StartAsync();
        using var folder = new TestFolder();
        service.Break(trouble.Fault with { Times = int.MaxValue });

        var outcome = await SaveAsync(
            service,
            Connect(service),
            folder,
            service.AddRun("Completed"),
            stalls: name.Contains("stall", StringComparison.Ordinal));

        Assert.Equal(trouble.Failure, outcome.Failure?.GetType());
        Assert.Empty(folder.Entries);
        Assert.Equal(trouble.PassesOnRepetition ? 1 + Retries : 1, Tries(service, trouble.Fault) / (AsksForAnotherUrl(name) ? 2 : 1));
        Assert.DoesNotContain("X-Amz-Signature=", outcome.Failure!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(EveryTrouble))]
    public async Task A_temporary_failure_is_retried(string name)
    {
        var trouble = Troubles[name];
        await using var service = await TestService.StartAsync();
        using var folder = new TestFolder();
        service.Break(trouble.Fault);

        var outcome = await SaveAsync(
            service,
            Connect(service),
            folder,
            service.AddRun("Completed"),
            stalls: name.Contains("stall", StringComparison.Ordinal));

        Assert.Equal(trouble.PassesOnRepetition, outcome.Saved is not null);
        Assert.Equal(trouble.PassesOnRepetition ? 1 : 0, folder.Entries.Count());
        if (outcome.Saved is { } saved)
            Assert.Equal(service.Emulator.Options.EventsPerHour, Lines(saved.FullName));
    }

    [Fact]
    public async Task The_error_of_the_storage_is_reported()
    {
        await using var service = await TestService.StartAsync();
        using var folder = new TestFolder();
        service.Break(Storage("s3-object.403.bad-signature"));

        var outcome = await SaveAsync(service, service.Client, folder, service.AddRun("Completed"));

        var failure = Assert.IsType<UnexpectedResponseException>(outcome.Failure);

        Assert.Equal(("SignatureDoesNotMatch", 403), (failure.Request.Code, failure.Request.StatusCode));
        Assert.Contains("does not match the signature", failure.Message, StringComparison.Ordinal);
    }

    private static BatchExportClient Connect(TestService service) =>
        service.Connect(options => options with { MaximumRetryCount = Retries, Timeout = StallLimit });

    // An expired URL is renewed once within an attempt.
    private static bool AsksForAnotherUrl(string trouble) =>
        trouble.StartsWith("expired", StringComparison.Ordinal) || trouble.EndsWith("in place of the file", StringComparison.Ordinal);

    private static int Tries(TestService service, Fault fault) =>
        fault.Origin == Fault.Storage
            ? service.Observer.Words.Count(word => word.Contains("(bytes ", StringComparison.Ordinal))
            : service.Requests.Count(request => request.Path.Contains("/download/", StringComparison.Ordinal));

    private static Fault Xml(int status, string code, string message) =>
        OnStorage with
        {
            Status = status,
            ContentType = "application/xml",
            Body = $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>",
        };
}
