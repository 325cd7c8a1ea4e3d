namespace StreamDistill.Teach.OpenAi;

/// <summary>What a call costs, or could cost.</summary>
internal readonly record struct Bill(long CostMicros, long Tokens)
{
    public static Bill operator +(Bill left, Bill right) => new(left.CostMicros + right.CostMicros, left.Tokens + right.Tokens);

    public static Bill operator -(Bill left, Bill right) => new(left.CostMicros - right.CostMicros, left.Tokens - right.Tokens);
}

/// <summary>
/// Keeps what this process spends within the options' caps. Each call first reserves the most it could cost, so the caps
/// hold as long as the endpoint honours max_tokens. Once a call does not fit, the cap is closed for good.
/// </summary>
internal sealed class SpendingCap(TeachOptions options)
{
    private readonly Lock gate = new();
    private TaskCompletionSource settled = NewSignal();
    private Bill spent;
    private Bill reserved;

    /// <summary>Whether a call has been turned away.</summary>
    public bool IsExhausted { get; private set; }

    /// <summary>What was settled so far.</summary>
    public Bill Spent
    {
        get
        {
            lock (gate)
            {
                return spent;
            }
        }
    }

    /// <summary>
    /// Reserves the amount, or returns false where it does not fit. Waits while only the reservations of other calls are in
    /// the way: most calls cost less than they reserve.
    /// </summary>
    public async ValueTask<bool> ReserveAsync(Bill most, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            lock (gate)
            {
                IsExhausted |= !Fits(spent + most);
                if (IsExhausted)
                {
                    // Those who wait need not wait any longer.
                    Signal();
                    return false;
                }

                if (Fits(spent + reserved + most))
                {
                    reserved += most;
                    return true;
                }

                change = settled.Task;
            }

            await change.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Replaces a reservation by what the call cost.</summary>
    public void Settle(Bill most, Bill actual)
    {
        lock (gate)
        {
            reserved -= most;
            spent += actual;
            Signal();
        }
    }

    private bool Fits(Bill bill) => !(bill.CostMicros > options.MaxCostMicros) && !(bill.Tokens > options.MaxTokens);

    private void Signal()
    {
        settled.TrySetResult();
        settled = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
