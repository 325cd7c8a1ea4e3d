namespace TorchSharp;

/// <summary>The kinds of devices, numbered as libtorch does.</summary>
public enum DeviceType
{
    /// <summary>The processor.</summary>
    CPU = 0,

    /// <summary>An NVIDIA GPU.</summary>
    CUDA = 1,
}

public static partial class torch
{
    /// <summary>Where a tensor's elements are: a kind of device and, for GPUs, which one (-1 is the current one).</summary>
    public class Device
    {
        /// <summary>The device named <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
        /// <exception cref="ArgumentException">No such kind of device.</exception>
        public Device(string description)
        {
            var parts = description.Split(':');
            type = Enum.Parse<DeviceType>(parts[0].ToUpperInvariant());
            index = parts.Length == 2 ? int.Parse(parts[1]) : -1;
        }

        /// <summary>A device by kind and index.</summary>
        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index;
        }

        /// <summary>The kind.</summary>
        public DeviceType type { get; }

        /// <summary>Which of its kind; -1 for the current one.</summary>
        public int index { get; }

        /// <summary><c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
        public override string ToString() => type == DeviceType.CPU ? "cpu" : index == -1 ? "cuda" : $"cuda:{index}";

        /// <summary>The device of that name.</summary>
        public static implicit operator Device(string description) => new(description);
    }

    /// <summary>The processor.</summary>
    public static readonly Device CPU = new(DeviceType.CPU);

    /// <summary>The current GPU.</summary>
    public static Device CUDA => device(DeviceType.CUDA);

    /// <summary>The device named <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
    /// <exception cref="InvalidOperationException">It is a GPU and there is none.</exception>
    public static Device device(string description) => Available(new Device(description));

    /// <summary>A device by kind and index.</summary>
    /// <exception cref="InvalidOperationException">It is a GPU and there is none.</exception>
    public static Device device(DeviceType deviceType, int index = -1) => Available(new Device(deviceType, index));

    internal static Device Available(Device device)
    {
        InitializeDeviceType(device.type);
        return device;
    }

    /// <summary>Checks that there is a device of that kind.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (deviceType == DeviceType.CUDA && !cuda.is_available())
            throw new InvalidOperationException("torch.InitializeDeviceType failed: no CUDA device, or a libtorch without CUDA.");
    }

    /// <summary>Is there a GPU, and a libtorch that can use it?</summary>
    public static bool cuda_is_available() => cuda.is_available();

    /// <summary>NVIDIA GPUs.</summary>
    public static partial class cuda
    {
        /// <summary>Is there a GPU, and a libtorch that can use it?</summary>
        public static bool is_available() => device_count() > 0;

        /// <summary>How many there are.</summary>
        public static int device_count() => PInvoke.NativeMethods.ts_cuda_device_count();

        /// <summary>Waits until the GPU has done what it was given.</summary>
        public static void synchronize(Device? device = null) =>
            PInvoke.NativeMethods.Check(PInvoke.NativeMethods.ts_cuda_synchronize(device?.index ?? -1));
    }
}
