using System.Net.Sockets;
using PSBatchExports.Http;
using PSBatchExports.Secrets;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class ConnectionFailureTests
{
    private const int TooManyOpenFiles = 24;

    private static readonly Uri Host = new("https://storage.example");

    [Fact]
    public void Running_out_of_file_handles_is_reported_wherever_it_surfaces()
    {
        var atTheSocket = NoConnection(SocketError.TooManyOpenSockets);
        var elsewhere = new IOException("", new IOException("Too many open files", TooManyOpenFiles));

        foreach (var failure in new[] { Describe(atTheSocket), Describe(elsewhere) })
        {
            Assert.True(failure.IsOutOfHandles);
            Assert.Contains("no file handles left", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Other_failures_are_not_reported_as_out_of_handles()
    {
        var reset = new IOException("", new SocketException((int)SocketError.ConnectionReset));

        Assert.Contains("refused", Describe(NoConnection(SocketError.ConnectionRefused)).Message, StringComparison.Ordinal);
        Assert.Contains("was lost", Describe(reset).Message, StringComparison.Ordinal);
        Assert.False(Describe(reset).IsOutOfHandles);
    }

    private static HttpRequestException NoConnection(SocketError error) =>
        new(HttpRequestError.ConnectionError, message: null, new SocketException((int)error));

    private static ConnectionFailedException Describe(Exception failure) =>
        Assert.IsType<ConnectionFailedException>(ConnectionFailures.ToException(
            failure,
            Host,
            null,
            new ApiRequest(HttpMethod.Get, "/", ApiScope.Project("12345"), SecretScrubber.None).Failed,
            RetryMode.Always));
}
