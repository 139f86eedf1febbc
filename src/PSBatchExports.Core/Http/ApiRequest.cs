using System.Buffers;
using System.Text.Json;
using PSBatchExports.Secrets;

namespace PSBatchExports.Http;

/// <summary>Whether a request is sent again after a failure (docs/wire.md, section 15).</summary>
internal enum RetryMode
{
    /// <summary>The request is idempotent.</summary>
    Always,

    /// <summary>A second request could create a second resource.</summary>
    OnlyIfNotProcessed,
}

/// <summary>A request to the API, without host and key. Everything shown of it is scrubbed with <see cref="Secrets"/>.</summary>
internal sealed record ApiRequest(HttpMethod Method, string Path, ApiScope Scope, SecretScrubber ClientSecrets)
{
    public string Query { get; init; } = "";

    public Action<Utf8JsonWriter>? Body { get; init; }

    public RetryMode RetryMode { get; init; }

    /// <summary>Whether the error to a retried request means that an earlier attempt succeeded (docs/wire.md, section 15).</summary>
    public Func<BatchExportException, bool>? IsAlreadyDone { get; init; }

    /// <summary>Whether it requests a file, so that a redirect to the storage counts as success.</summary>
    public bool IsDownload { get; init; }

    /// <summary>Whether the service refuses this request without a body (docs/wire.md, section 3).</summary>
    public bool MayFailWithoutBody { get; init; }

    /// <summary>Whether it counts rows, for which the service has limits of their own (docs/wire.md, section 4).</summary>
    public bool IsRowCount { get; init; }

    /// <summary>The minimum timeout of an attempt, for answers that take long by design.</summary>
    public TimeSpan MinTimeout { get; init; }

    /// <summary>Hides the secrets of the client and of the body.</summary>
    public SecretScrubber Secrets =>
        Body is null ? ClientSecrets : ClientSecrets.With(() => DestinationSecrets.In(WriteBody()!.Value));

    /// <summary>The request as exceptions show it before there is an answer.</summary>
    public FailedRequest Failed => new(Method.Method, Path, Secrets)
    {
        ScopeId = Scope.Id,
        IsOfOrganization = Scope.IsOrganization,
        IsDownload = IsDownload,
    };

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
