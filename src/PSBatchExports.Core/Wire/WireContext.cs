using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace PSBatchExports.Wire;

/// <summary>The source-generated metadata of the types on the wire.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(BatchExport))]
[JsonSerializable(typeof(BatchExportRun))]
[JsonSerializable(typeof(BatchExportDestination))]
[JsonSerializable(typeof(Page<BatchExport>))]
[JsonSerializable(typeof(Page<BatchExportRun>))]
[JsonSerializable(typeof(Page<BatchExportLogEntry>))]
[JsonSerializable(typeof(BatchExportBackfill))]
[JsonSerializable(typeof(Page<BatchExportBackfill>))]
[JsonSerializable(typeof(IntegrationRow))]
[JsonSerializable(typeof(Page<IntegrationRow>))]
[JsonSerializable(typeof(Page<BatchExportProject>))]
[JsonSerializable(typeof(BackfillCreated))]
[JsonSerializable(typeof(RowCount))]
[JsonSerializable(typeof(DestinationTestSteps))]
[JsonSerializable(typeof(DestinationTestStep))]
[JsonSerializable(typeof(Acknowledgement))]
[JsonSerializable(typeof(ErrorBody))]
internal sealed partial class WireContext : JsonSerializerContext;

/// <summary>
/// Selects the type of a response. Evaluated while the request is in flight, because initializing the metadata takes as long as a short
/// request.
/// </summary>
internal delegate JsonTypeInfo<T> WireType<T>(WireContext wire);
