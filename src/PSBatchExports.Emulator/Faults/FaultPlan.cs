using System.Text.RegularExpressions;

namespace PSBatchExports.Emulator;

/// <summary>The pending faults; a request uses the first that matches.</summary>
public sealed class FaultPlan
{
    private readonly object _gate = new();
    private readonly List<ActiveFault> _faults = [];

    public void Add(Fault fault)
    {
        lock (_gate)
            _faults.Add(new ActiveFault(fault));
    }

    public void Clear()
    {
        lock (_gate)
            _faults.Clear();
    }

    internal Fault? Take(string origin, string method, string path)
    {
        lock (_gate)
        {
            foreach (var active in _faults)
            {
                if (!active.Matches(origin, method, path))
                    continue;

                if (active.TryUse())
                    return active.Fault;
            }

            return null;
        }
    }

    private sealed class ActiveFault(Fault fault)
    {
        private readonly Regex? _path = fault.PathPattern is null
            ? null
            : new Regex(fault.PathPattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

        private int _skip = fault.Skip;
        private int _times = fault.Times;

        public Fault Fault => fault;

        public bool Matches(string origin, string method, string path) =>
            _times > 0
            && string.Equals(fault.Origin, origin, StringComparison.OrdinalIgnoreCase)
            && (fault.Method is null || string.Equals(fault.Method, method, StringComparison.OrdinalIgnoreCase))
            && (_path is null || IsMatch(_path, path));

        // A pattern that times out does not match.
        private static bool IsMatch(Regex pattern, string path)
        {
            try
            {
                return pattern.IsMatch(path);
            }
            catch (RegexMatchTimeoutException)
            {
                return false;
            }
        }

        public bool TryUse()
        {
            if (_skip > 0)
            {
                _skip--;
                return false;
            }

            _times--;
            return true;
        }
    }
}
