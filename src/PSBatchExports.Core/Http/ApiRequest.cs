using System.Buffers;
using System.Text.Json;
using PSBatchExports.Secrets;

namespace PSBatchExports.Http;

/// <summary>Whether a request may be sent again after its answer was lost (docs/wire.md, section 15).</summary>
internal enum Repeat
{
    /// <summary>A second one leaves the same state.</summary>
    Freely,

    /// <summary>A second one may make a second thing.</summary>
    OnlyIfNothingHappened,
}

/// <summary>A request to the API, before it is bound to a host and a key. Whatever is told of it passes <see cref="Secrets"/>.</summary>
internal sealed record ApiRequest(HttpMethod Method, string Path, SecretScrubber ClientSecrets)
{
    public string Query { get; init; } = "";

    public Action<Utf8JsonWriter>? Body { get; init; }

    public Repeat Repeat { get; init; }

    /// <summary>Says of an error to a repeated request that it means "already done" (docs/wire.md, section 15).</summary>
    public Func<BatchExportException, bool>? MeansDone { get; init; }

    /// <summary>Whether a redirect is the answer asked for.</summary>
    public bool AcceptsRedirect { get; init; }

    /// <summary>Whether the service says no to it without a body (docs/wire.md, section 3).</summary>
    public bool MayBeRefusedWithoutBody { get; init; }

    /// <summary>Whether the service counts it apart from all other requests (docs/wire.md, section 4).</summary>
    public bool HasOwnRateLimit { get; init; }

    /// <summary>The least time that one attempt gets, where an answer takes long by design.</summary>
    public TimeSpan LeastTimeout { get; init; }

    /// <summary>Knows the secrets of the client and of the body.</summary>
    public SecretScrubber Secrets => Body is null ? ClientSecrets : ClientSecrets.With(() => DestinationSecrets.In(WriteBody()!.Value));

    /// <summary>What an exception tells of this request before there is an answer.</summary>
    public FailedRequest Failed => new(Method.Method, Path, Secrets);

    public ReadOnlyMemory<byte>? WriteBody()
    {
        if (Body is null)
            return null;

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            Body(writer);

        return buffer.WrittenMemory;
    }
}
