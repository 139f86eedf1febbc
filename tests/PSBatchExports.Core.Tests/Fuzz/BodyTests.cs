using System.Collections;
using System.Reflection;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace PSBatchExports.Core.Tests.Fuzz;

/// <summary>Whatever the body of an answer is, a call ends with a value or with the client's own exception.</summary>
public class BodyTests
{
    /// <summary>What answers each call, by the beginning of the fixtures' names.</summary>
    private static readonly Dictionary<string, string> s_answers = new(StringComparer.Ordinal)
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

    private static readonly Subjects s_subjects = new(ApiScope.Project("12345"), new TestClock());

    private static readonly string[] s_errors = [.. Fixture.Names.Where(name => Fixture.StatusOf(name) >= 400 && Fixture.BodyOf(name) is not null)];

    [Fact]
    public void Of_an_answer()
    {
        var cases =
            from call in Gen.Elements(s_answers.Keys.ToArray())
            from fixture in Gen.Elements(Fixture.Names.Where(name => name.StartsWith(s_answers[call], StringComparison.Ordinal)).ToArray())
            from mutations in Mutation.Several
            select new Case(call, fixture, 200, mutations);

        Check(cases, 1000);
    }

    [Fact]
    public void Of_an_error()
    {
        var cases =
            from call in Gen.Elements(Calls.All.Where(call => !call.AnswersWithRedirect).Select(call => call.Name).ToArray())
            from fixture in Gen.Elements(s_errors)
            from status in Gen.Elements(Fixture.StatusOf(fixture), 400, 401, 403, 404, 408, 418, 429, 500, 503, 599)
            from mutations in Mutation.Several
            select new Case(call, fixture, status, mutations);

        Check(cases, 500);
    }

    private static void Check(Gen<Case> cases, int count)
    {
        // With fewer mutations first, so that what is reported is what matters.
        var shrinking = Arb.From(cases, @case => @case.Mutations.Select((_, left) => @case with { Mutations = [.. @case.Mutations.Where((_, index) => index != left)] }).Where(smaller => smaller.Mutations.Length > 0));
        Fuzzing.Check(shrinking, count, RunAsync);
    }

    private static async Task RunAsync(Case @case)
    {
        var call = Calls.Named(@case.Call);
        using var server = new RawServer(head => [call.IsAbout(head.Split(' ')[0], head.Split(' ')[1].Split('?')[0]) ? @case.Answer() : Beforehand(head)]);
        using var client = new BatchExportClient(TestService.OptionsFor(server.Origin, "phx_key", new TestClock()));
        try
        {
            var task = call.Run(client, s_subjects);
            await task.Soon();
            Touch(task.GetType().GetProperty("Result")?.GetValue(task));
        }
        catch (BatchExportException failure)
        {
            Assert.NotEmpty(failure.Message);
            Assert.DoesNotContain(failure.Message, character => char.IsControl(character) && character != '\n');
            Assert.InRange(failure.Message.Length, 1, 10_000);
        }
        catch (NoDestinationTestsException) when (@case.Status is 400 or 404 && @case.Call == "list test steps")
        {
        }
    }

    // What a call reads before the request that it is about.
    private static byte[] Beforehand(string head) => RawServer.Json(Fixture.Text(
        head.Contains("/test/", StringComparison.Ordinal) ? "destination-test.200.aws-s3"
        : head.Contains("/run_test_step", StringComparison.Ordinal) ? "run-test-step.200.passed"
        : "retrieve-batch-export.200"));

    /// <summary>Reads everything that a value has to tell, as a view or a script would.</summary>
    private static void Touch(object? value, int depth = 0)
    {
        if (value is null or string || depth > 20)
            return;

        _ = value.ToString();
        if (value is IEnumerable items)
        {
            foreach (var item in items)
                Touch(item, depth + 1);
        }
        else if (value.GetType().Namespace == "PSBatchExports" || value is DictionaryEntry)
        {
            foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
                Touch(property.GetValue(value), depth + 1);
        }
    }

    private sealed record Case(string Call, string Fixture, int Status, Mutation[] Mutations)
    {
        public byte[] Answer() =>
            RawServer.Answer(Mutation.Apply(Core.Tests.Fixture.BodyOf(Fixture)!.ToJsonString(), Mutations), "Content-Type: application/json\r\n", $"{Status} Whatever");

        public override string ToString() => $"{Call} answered by {Status} {Fixture} after {string.Join(", ", Mutations.Select(mutation => mutation.ToString()))}: {System.Text.Encoding.UTF8.GetString(Answer()).Split("\r\n\r\n")[1]}";
    }
}
