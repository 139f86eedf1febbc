using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace PSBatchExports.Wire;

/// <summary>The types that are read from and written to the wire, with code made at build time.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(BatchExport))]
[JsonSerializable(typeof(BatchExportRun))]
[JsonSerializable(typeof(BatchExportDestination))]
[JsonSerializable(typeof(Page<BatchExport>))]
[JsonSerializable(typeof(Page<BatchExportRun>))]
[JsonSerializable(typeof(Page<BatchExportLogEntry>))]
[JsonSerializable(typeof(BatchExportBackfill))]
[JsonSerializable(typeof(Page<BatchExportBackfill>))]
[JsonSerializable(typeof(BackfillCreated))]
[JsonSerializable(typeof(RowCount))]
[JsonSerializable(typeof(DestinationTestSteps))]
[JsonSerializable(typeof(DestinationTestStep))]
[JsonSerializable(typeof(Acknowledgement))]
[JsonSerializable(typeof(ErrorBody))]
internal sealed partial class WireContext : JsonSerializerContext;

/// <summary>How an answer is read; asked for only when a request is on its way, because to make it ready takes as long as a short request.</summary>
internal delegate JsonTypeInfo<T> WireType<T>(WireContext wire);
