namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>Validates every field and keeps the first error. Errors that are not about a field are thrown at once.</summary>
internal sealed class FieldErrors
{
    private ApiProblemException? _first;

    public T? Check<T>(Func<T> field)
    {
        try
        {
            return field();
        }
        catch (ApiProblemException problem) when (problem.Status == 400)
        {
            _first ??= problem;
            return default;
        }
    }

    public void ThrowFirst()
    {
        if (_first is not null)
            throw _first;
    }
}
