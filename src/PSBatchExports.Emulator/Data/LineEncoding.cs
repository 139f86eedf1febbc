using System.Buffers;
using System.IO.Compression;

namespace PSBatchExports.Emulator.Data;

/// <summary>Encodes lines into a file.</summary>
internal abstract class LineEncoding : IDisposable
{
    /// <summary>Whether a file without lines has bytes, and is therefore uploaded.</summary>
    public virtual bool HasTrailer => false;

    public static LineEncoding For(string? compression) => compression switch
    {
        "gzip" => new Gzip(),
        "brotli" => new Brotli(),
        _ => new Plain(),
    };

    public abstract void Write(ReadOnlySpan<byte> line, Stream file);

    public virtual void End(Stream file)
    {
    }

    public virtual void Dispose()
    {
    }

    private sealed class Plain : LineEncoding
    {
        public override void Write(ReadOnlySpan<byte> line, Stream file) => file.Write(line);
    }

    /// <summary>One gzip member for each line, at the highest level, which is cheap for short lines.</summary>
    private sealed class Gzip : LineEncoding
    {
        public override void Write(ReadOnlySpan<byte> line, Stream file)
        {
            using var member = new GZipStream(file, CompressionLevel.SmallestSize, leaveOpen: true);
            member.Write(line);
        }
    }

    /// <summary>One stream for each file, flushed after every line.</summary>
    private sealed class Brotli : LineEncoding
    {
        private const int Quality = 5;
        private const int WindowBits = 22;

        private readonly byte[] _buffer = new byte[64 * 1024];
        private BrotliEncoder _encoder = new(Quality, WindowBits);

        public override bool HasTrailer => true;

        public override void Write(ReadOnlySpan<byte> line, Stream file)
        {
            while (!line.IsEmpty)
            {
                _encoder.Compress(line, _buffer, out var read, out var written, isFinalBlock: false);
                file.Write(_buffer, 0, written);
                line = line[read..];
            }

            Drain(file, () => (_encoder.Flush(_buffer, out var written), written));
        }

        public override void End(Stream file)
        {
            Drain(file, () => (_encoder.Compress(default, _buffer, out _, out var written, isFinalBlock: true), written));
            _encoder.Dispose();
            _encoder = new BrotliEncoder(Quality, WindowBits);
        }

        public override void Dispose()
        {
            _encoder.Dispose();
            base.Dispose();
        }

        private void Drain(Stream file, Func<(OperationStatus Status, int Written)> step)
        {
            OperationStatus status;
            do
            {
                (status, var written) = step();
                file.Write(_buffer, 0, written);
            }
            while (status == OperationStatus.DestinationTooSmall);
        }
    }
}
