using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>A tensor that a module learns: gradients with respect to it are wanted.</summary>
    public class Parameter : Tensor
    {
        /// <summary>Makes a tensor a parameter, in its place in its dispose scope; the tensor becomes empty.</summary>
        public Parameter(Tensor data, bool requires_grad = true)
            : base(Taken(data, requires_grad), false)
        {
            if (data.OwningDisposeScope is { } scope)
            {
                scope.Detach(data);
                scope.Attach(this);
            }

            GC.SuppressFinalize(data);
        }

        private static nint Taken(Tensor data, bool requiresGrad)
        {
            data.requires_grad_(requiresGrad);
            (var handle, data.handle) = (data.Handle, 0);
            return handle;
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Makes a tensor a parameter; the tensor becomes empty.</summary>
            public static Modules.Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }
    }
}
