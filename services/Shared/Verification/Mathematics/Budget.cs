namespace StreamDistill.Verification.Mathematics;

/// <summary>
/// What one comparison may cost, in units of roughly a microsecond on one core: counted rather than measured, so that the same
/// pair is decided the same way on a busy machine and on an idle one.
/// </summary>
internal sealed class Budget(int units = Budget.Default)
{
    /// <summary>Well within 50 ms.</summary>
    public const int Default = 15_000;

    private int left = units;

    /// <summary>Takes units for what comes next.</summary>
    /// <exception cref="UndecidedException">There are not so many left.</exception>
    public void Spend(int cost)
    {
        left -= cost;
        if (left < 0)
        {
            throw new UndecidedException(ReasonCodes.TooLarge, "comparing the two takes longer than allowed");
        }
    }
}

/// <summary>A comparison that cannot be carried through: never a reason to call an answer wrong.</summary>
internal sealed class UndecidedException(string reasonCode, string message) : Exception(message)
{
    /// <summary>One of <see cref="ReasonCodes"/>.</summary>
    public string ReasonCode => reasonCode;
}
