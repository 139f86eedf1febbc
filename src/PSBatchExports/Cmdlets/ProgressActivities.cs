namespace PSBatchExports.Cmdlets;

/// <summary>The ids of progress activities: ASCII "BEX" and an initial, so that they do not collide with those of other modules.</summary>
internal static class ProgressActivities
{
    public const int FileList = 0x42455846;
    public const int List = 0x4245584C;
    public const int Proof = 0x42455850;
    public const int Range = 0x42455852;
    public const int Wait = 0x42455857;

    /// <summary>The parent activity; the ids of the files follow it.</summary>
    public const int Save = 0x42455853;
}
