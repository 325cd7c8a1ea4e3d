using System.Runtime.CompilerServices;

namespace Avro;

/// <summary>Turns a stack that is about to overflow, which nothing can catch, into an exception.</summary>
internal static class NestingDepth
{
    /// <exception cref="AvroException">Too little stack is left to go one level deeper.</exception>
    internal static void Check()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new AvroException("The schema or datum is nested too deeply to be processed.");
        }
    }
}
