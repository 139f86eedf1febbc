using System.Collections.Concurrent;
using System.Net;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>
/// Servers that repeat the secrets they were sent, and those they handed out, in drawn places of their answers. With
/// PSBATCHEXPORTS_LONG_TESTS=1 there are 300 of them, else a sample.
/// </summary>
public class EchoTests
{
    private const string Id = "0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30";
    private const int CallsOfEach = 12;

    private static readonly ApiScope Project = ApiScope.Project("12345");

    public static IEnumerable<TheoryDataRow<int>> Seeds
    {
        get
        {
            var count = Environment.GetEnvironmentVariable("PSBATCHEXPORTS_LONG_TESTS") == "1" ? 300 : 30;
            return Enumerable.Range(1, count).Select(seed => new TheoryDataRow<int>(seed));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Secrets_that_a_server_repeats_reach_neither_exceptions_nor_the_observer(int seed)
    {
        var draw = new Draw(seed);
        var (key, password, destinationSecret) = ("phx_" + draw.Word(40), draw.Password(), draw.Password());
        using var server = new EchoingServer(draw, key, destinationSecret);
        using var folder = new TestFolder();
        var told = new Listener();
        using var client = new BatchExportClient(Options(draw, server, key, password));
        var failures = new List<Exception>();
        for (var call = 0; call < CallsOfEach; call++)
        {
            try
            {
                await CallAsync(draw, client.WithObserver(told), destinationSecret, folder.Path, failures).WithTimeout();
            }
            catch (Exception failure) when (failure is not TimeoutException)
            {
                failures.Add(failure);
            }
        }

        Assert.NotEmpty(failures);
        Assert.NotEmpty(told.Words);
        var texts = failures.SelectMany(SecretSearch.Of).Concat(told.Words);
        var leak = SecretSearch.Find(texts, [key, password, destinationSecret, server.Signature, server.Token]);
        Assert.True(leak is null, $"{leak}\n\n{string.Join('\n', key, password, destinationSecret, server.Signature, server.Token)}");
    }

    [Fact]
    public void The_search_finds_a_secret_in_every_encoding()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var draw = new Draw(seed);
            var secret = draw.Password();
            Assert.NotNull(SecretSearch.Find([$"before {draw.Disguised(secret, isSigned: false)} after"], [secret]));
        }
    }

    private static BatchExportClientOptions Options(Draw draw, EchoingServer server, string key, string password)
    {
        var options = TestService.OptionsFor(server.Origin, key, TimeProvider.System) with
        {
            MaximumRetryCount = 1,
            MaximumRetryDelay = TimeSpan.FromMilliseconds(5),
            Timeout = TimeSpan.FromSeconds(5),
            AllowHttp = true,
        };
        var proxy = draw.Below(4);
        if (proxy < 2)
            server.Learn(password);

        return proxy switch
        {
            0 => options with
            {
                ApiHost = new Uri(draw.Of("http://service.example", "https://service.example")),
                Proxy = server.Origin,
                ProxyCredential = new NetworkCredential("user", password),
            },
            1 => options with
            {
                ApiHost = new Uri("https://service.example"),
                Proxy = new Uri($"http://user:{Uri.EscapeDataString(password)}@{server.Origin.Authority}"),
            },
            _ => options,
        };
    }

    private static async Task CallAsync(
        Draw draw,
        BatchExportClient client,
        string destinationSecret,
        string folder,
        List<Exception> failures)
    {
        var file = new BatchExportFile { FileId = "0", RunId = Id, Index = 0, IsOnly = true };
        switch (draw.Below(11))
        {
            case 0 or 1:
                await client.In(Project).Exports.ListAsync().ToListAsync();
                break;
            case 2:
                await client.In(Project).Exports.GetAsync(Id);
                break;
            case 3:
                await client.In(Project).Exports.CreateAsync(NewExport(destinationSecret));
                break;
            case 4:
                await client.In(Project).Exports.ReplaceAsync(Id, NewExport(destinationSecret));
                break;
            case 5:
                await client.In(Project).DestinationTests.TestAsync(NewExport(destinationSecret)).ToListAsync();
                break;
            case 6:
                await client.In(Project).Logs.ReadAsync(LogSource.Export(Id)).ToListAsync();
                break;
            case 7:
                await client.In(Project).Files.ListAsync(Id, ["7"]);
                break;
            case 8:
                await client.In(Project).Files.DescribeAsync(file);
                break;
            case 9:
                await client.In(Project).Exports.DeleteAsync(Id);
                break;
            default:
                var outcomes = await client.In(Project).Files.SaveAsync([file], new SaveOptions { Folder = folder }).ToListAsync();
                failures.AddRange(outcomes.Select(outcome => outcome.Failure).OfType<Exception>());
                break;
        }
    }

    private static BatchExportFields NewExport(string secret) => new()
    {
        Name = "nightly",
        Interval = "hour",
        Destination = BatchExportDestination.Create(
            "Postgres",
            new Dictionary<string, object?>
            {
                ["database"] = "d",
                ["host"] = "db.example.com",
                ["user"] = "u",
                ["password"] = TestService.Secret(secret),
            }),
    };

    private sealed class Listener : IRequestObserver
    {
        public ConcurrentQueue<string> Words { get; } = [];

        public void OnRequest(string summary, Func<string> details) => Keep(summary, details());

        public void OnResponse(string summary, Func<string> details) => Keep(summary, details());

        public void OnWait(string reason, TimeSpan delay, DateTimeOffset until) => Keep(reason);

        public void OnWarning(string message) => Keep(message);

        private void Keep(params string[] words)
        {
            foreach (var word in words)
                Words.Enqueue(word);
        }
    }
}
