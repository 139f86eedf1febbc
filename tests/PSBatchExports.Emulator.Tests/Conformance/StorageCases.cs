using System.Net.Http.Headers;
using static PSBatchExports.Emulator.Tests.RequestBodies;

namespace PSBatchExports.Emulator.Tests.Conformance;

/// <summary>Objects of the storage.</summary>
internal static class StorageCases
{
    public static IEnumerable<ConformanceCase> All =>
    [
        new("s3-object.200.http", s => FetchAsync(s)),
        new("s3-object.206.http", s => FetchAsync(s, change: r => r.Headers.Range = new RangeHeaderValue(10, null))),
        new("s3-object.416.http", s => FetchAsync(s, change: r => r.Headers.Range = new RangeHeaderValue(100_000_000, null))),
        new("s3-object.400.two-auth-mechanisms.http", s => FetchAsync(s, change: r =>
            r.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "phx_example"))),
        new("s3-object.400.expired-token.http", s => FetchAsync(s, before: () =>
            s.State.StorageTokensExpiredBefore = s.Clock.GetUtcNow().AddHours(1))),
        new("s3-object.403.expired.http", s => FetchAsync(s, before: () => s.Clock.Advance(TimeSpan.FromMinutes(75)))),
        new("s3-object.403.bad-signature.http", s => FetchAsync(s, change: r => r.RequestUri = new Uri(r.RequestUri!.AbsoluteUri + "0"))),
        new("s3-object.404.http", s => FetchAsync(s, before: () => s.State.StorageEmpty = true)),
    ];

    private static async Task<HttpResponseMessage> FetchAsync(
        TestServer server, Action<HttpRequestMessage>? change = null, Action? before = null)
    {
        var url = await server.SignedUrlAsync(await server.CompleteRunAsync(Download()));
        before?.Invoke();
        return await server.FetchAsync(url, change);
    }
}
