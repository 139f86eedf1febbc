namespace PSBatchExports.Emulator.Hosting;

/// <summary>Produces the response of an origin to a request.</summary>
internal delegate Task<EmulatorResponse> RequestHandler(EmulatorRequest request, CancellationToken cancellationToken);
