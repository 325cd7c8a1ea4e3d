using TorchSharp.PInvoke;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers.</summary>
    public class Generator : IDisposable
    {
        internal Generator(nint handle, Device device)
        {
            Handle = handle != 0 ? handle : throw NativeMethods.LastError();
            this.device = device;
        }

        /// <summary>A new one, of its own seed.</summary>
        public Generator(ulong seed = 0, Device? device = null)
            : this(NativeMethods.ts_generator(seed, (int)(device ?? CPU).type, (device ?? CPU).index), device ?? CPU)
        {
        }

        /// <summary>Releases it; the default one lives on.</summary>
        ~Generator() => Dispose(false);

        /// <summary>The native generator.</summary>
        public nint Handle { get; private set; }

        /// <summary>Where its numbers are made.</summary>
        public Device device { get; }

        /// <summary>The processor's generator, which operators use when they are given none.</summary>
        public static Generator Default => new(NativeMethods.ts_generator_default(), CPU);

        /// <summary>Its state, as a tensor of bytes.</summary>
        public Tensor get_state() => NativeMethods.Result(NativeMethods.ts_generator_state(Handle), this);

        /// <summary>Goes on from a state that <see cref="get_state"/> returned.</summary>
        public void set_state(Tensor value) => NativeMethods.Check(NativeMethods.ts_generator_set_state(Handle, value.Handle), this, value);

        /// <summary>Starts anew from a seed.</summary>
        public Generator manual_seed(long seed)
        {
            NativeMethods.Check(NativeMethods.ts_generator_seed(Handle, seed), this);
            return this;
        }

        /// <summary>The seed it started from.</summary>
        public long initial_seed() => NativeMethods.ts_generator_initial_seed(Handle);

        /// <summary>Releases it; the default one lives on.</summary>
        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <summary>Releases it; the default one lives on.</summary>
        protected virtual void Dispose(bool disposing)
        {
            if (Handle != 0)
                NativeMethods.ts_generator_delete(Handle);
            Handle = 0;
        }
    }

    /// <summary>Seeds the default generators of all devices.</summary>
    /// <returns>The processor's.</returns>
    public static Generator manual_seed(long seed)
    {
        NativeMethods.Check(NativeMethods.ts_manual_seed(seed));
        return Generator.Default;
    }

    /// <summary>The state of the processor's default generator, as a tensor of bytes.</summary>
    public static Tensor get_rng_state()
    {
        using var generator = Generator.Default;
        return generator.get_state();
    }

    /// <summary>Lets the processor's default generator go on from a state.</summary>
    public static void set_rng_state(Tensor new_state)
    {
        using var generator = Generator.Default;
        generator.set_state(new_state);
    }
}
