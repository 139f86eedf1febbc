using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Requests to servers that answer as the service never does.</summary>
internal static class HostileServers
{
    public const string Id = "0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30";

    public static readonly ApiScope Project = ApiScope.Project("12345");

    public static string HostOf(string head) => head.Split("Host: ")[1].Split("\r\n")[0];

    public static BatchExportClient Connect(RawServer server) => new(TestService.OptionsFor(server.Origin, "phx_key", new TestClock()));

    public static async Task<UnexpectedResponseException> GetAsync(RawServer server)
    {
        using var client = Connect(server);
        return Assert.IsType<UnexpectedResponseException>(await client.In(Project).Exports.GetAsync(Id).Failure());
    }

    public static async Task<UnexpectedResponseException> ReadAsync<T>(IAsyncEnumerable<T> list, Action<T>? onItem = null)
    {
        return Assert.IsType<UnexpectedResponseException>(await Read().Failure());

        async Task Read()
        {
            await foreach (var item in list)
                onItem?.Invoke(item);
        }
    }
}
