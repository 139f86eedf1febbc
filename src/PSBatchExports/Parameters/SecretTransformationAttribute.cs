using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Converts a credential to its password. Refuses plain text without repeating it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => PlainValues.Unwrap(inputData) switch
    {
        string => throw new ArgumentTransformationMetadataException(
            "Plain text is not accepted, because it stays in histories and transcripts. "
            + "Give a SecureString: (Read-Host -AsSecureString), or one of a secret store."),
        PSCredential credential => credential.Password,
        _ => inputData,
    };
}
