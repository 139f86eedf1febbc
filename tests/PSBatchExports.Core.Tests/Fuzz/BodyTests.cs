using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace PSBatchExports.Core.Tests.Fuzz;

/// <summary>Calls with mutated response bodies end with a value or with a documented exception.</summary>
public class BodyTests
{
    private static readonly CallTargets Targets = new(ApiScope.Project("12345"), new TestClock());

    private static readonly string[] Errors =
        [.. Fixture.Names.Where(name => Fixture.StatusOf(name) >= 400 && Fixture.BodyOf(name) is not null)];

    [Fact]
    public void Any_response_body_gives_a_value_or_a_documented_error()
    {
        var cases =
            from call in Gen.Elements(Answers.Calls.ToArray())
            from fixture in Gen.Elements(Answers.FixturesOf(call))
            from mutations in Mutation.Several
            select new Case(call, fixture, 200, mutations);

        Check(cases, 1000);
    }

    [Fact]
    public void Any_error_body_gives_a_documented_error()
    {
        var cases =
            from call in Gen.Elements(Calls.All.Where(call => !call.AnswersWithRedirect).Select(call => call.Name).ToArray())
            from fixture in Gen.Elements(Errors)
            from status in Gen.Elements(Fixture.StatusOf(fixture), 400, 401, 403, 404, 408, 418, 429, 500, 503, 599)
            from mutations in Mutation.Several
            select new Case(call, fixture, status, mutations);

        Check(cases, 500);
    }

    // A failing case is reported with as few mutations as it takes.
    private static void Check(Gen<Case> cases, int count) => Fuzzing.Check(
        Arb.From(cases, @case => @case.Smaller()),
        count,
        RunAsync);

    private static async Task RunAsync(Case @case)
    {
        var call = Calls.Named(@case.Call);
        using var server = Answers.Serve(() => call, @case.Answer);
        using var client = new BatchExportClient(TestService.OptionsFor(server.Origin, "phx_key", new TestClock()));
        try
        {
            var work = call.Run(client, Targets);
            await work.WithTimeout();
            _ = ResultText.Of(work);
        }
        catch (BatchExportException failure)
        {
            Assert.DoesNotContain(failure.Message, character => char.IsControl(character) && character != '\n');
            Assert.InRange(failure.Message.Length, 1, 10_000);
        }
        catch (NoDestinationTestsException) when (@case.Status is 400 or 404 && @case.Call == "list test steps")
        {
        }
    }

    private sealed record Case(string Call, string Fixture, int Status, Mutation[] Mutations)
    {
        public byte[] Answer() => RawServer.Answer(Body, "Content-Type: application/json\r\n", $"{Status} Whatever");

        public IEnumerable<Case> Smaller() =>
            from dropped in Enumerable.Range(0, Mutations.Length)
            where Mutations.Length > 1
            select this with { Mutations = [.. Mutations.Where((_, index) => index != dropped)] };

        public override string ToString()
        {
            var mutations = string.Join(", ", Mutations.Select(mutation => mutation.ToString()));
            return $"{Call} answered by {Status} {Fixture} after {mutations}: {Encoding.UTF8.GetString(Body)}";
        }

        private byte[] Body => Mutation.Apply(Core.Tests.Fixture.BodyOf(Fixture)!.ToJsonString(), Mutations);
    }
}
