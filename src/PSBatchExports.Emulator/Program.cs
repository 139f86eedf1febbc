using PSBatchExports.Emulator;
using PSBatchExports.Emulator.CommandLine;

Arguments arguments;
try
{
    arguments = ArgumentParser.Parse(args);
}
catch (CommandLineException problem)
{
    await Console.Error.WriteLineAsync(problem.Message);
    return 2;
}

if (arguments.Help)
{
    Console.WriteLine(ArgumentParser.HelpText());
    return 0;
}

try
{
    await using var host = await EmulatorHost.StartAsync(arguments.Emulator);
    Console.WriteLine(arguments.Json ? Banner.Json(host) : Banner.Readable(host, Clone.Containing(AppContext.BaseDirectory)));
    await StopSignal.WaitAsync(arguments.StopOnStdinEnd);
    return 0;
}
catch (IOException error)
{
    await Console.Error.WriteLineAsync($"The emulator could not start: {error.Message}");
    return 1;
}
