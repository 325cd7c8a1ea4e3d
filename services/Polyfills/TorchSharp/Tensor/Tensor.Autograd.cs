using static TorchSharp.PInvoke.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Are gradients with respect to this tensor wanted, or needed for others?</summary>
        public bool requires_grad
        {
            get => ts_requires_grad(Handle);
            set => Check(ts_set_requires_grad(Handle, value), this);
        }

        /// <summary>Was it made by its owner rather than by a recorded operator?</summary>
        public bool is_leaf => ts_is_leaf(Handle);

        /// <summary>Sets whether gradients with respect to this tensor are wanted.</summary>
        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        /// <summary>Sets whether gradients with respect to this tensor are wanted.</summary>
        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        /// <summary>Lets <see cref="backward"/> keep the gradient of a tensor that an operator made.</summary>
        public void retain_grad() => Check(ts_retain_grad(Handle), this);

        /// <summary>The gradient that <see cref="backward"/> has added up, as a new tensor each time; null before.</summary>
        public Tensor? grad
        {
            get
            {
                var gradient = ts_grad(Handle);
                GC.KeepAlive(this);
                return gradient == 0 ? null : new Tensor(gradient);
            }

            set => Check(ts_set_grad(Handle, value?.Handle ?? 0), this, value);
        }

        /// <summary>Adds, to the gradients of the leaves that this tensor of one element was computed from, its derivatives.</summary>
        public void backward() => Check(ts_backward(Handle, 0, false, false), this);

        /// <summary>
        /// As <see cref="backward()"/>, for a tensor of any shape, whose own gradient is given. The graph can be kept for another time.
        /// </summary>
        /// <exception cref="NotSupportedException">inputs are given.</exception>
        public void backward(
            IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null)
        {
            if (inputs is not null)
                throw new NotSupportedException("Gradients are accumulated into all leaves; inputs cannot be chosen.");
            Check(ts_backward(Handle, grad_tensors?.Single().Handle ?? 0, retain_graph, create_graph), this, grad_tensors);
        }
    }
}
