using System.Reflection;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>PyTorch's <c>torch.nn</c>: modules, layers and losses.</summary>
    public static partial class nn
    {
        /// <summary>A part of a model: parameters, buffers and other modules, each by name.</summary>
        public class Module : IDisposable
        {
#pragma warning disable CA1051, CS1591, SA1401 // Fields in the package too.
            protected OrderedDict<string, Module> _internal_submodules = new();
            protected OrderedDict<string, (Tensor, bool)> _internal_buffers = new();
            protected OrderedDict<string, Parameter> _internal_params = new();
            protected string? name;
#pragma warning restore CA1051, CS1591, SA1401

            private bool _registered;
            private bool _disposed;

            /// <summary>A module of no parts yet.</summary>
            protected Module(string name) => this.name = name;

            /// <summary>Is it set to training? Some modules then behave otherwise than in use.</summary>
            public virtual bool training { get; private set; } = true;

            /// <summary>Its name.</summary>
            public virtual string GetName() => name ?? GetType().Name;

            /// <summary>Sets it, and all modules in it, to training or to use.</summary>
            public virtual void train(bool train = true)
            {
                training = train;
                foreach (var module in children())
                    module.train(train);
            }

            /// <summary>Sets it, and all modules in it, to use.</summary>
            public virtual void eval() => train(false);

            /// <summary>Removes the gradients of all parameters, or sets them to zero.</summary>
            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var parameter in parameters())
                {
                    if (set_to_none)
                    {
                        parameter.grad = null;
                    }
                    else
                    {
                        using var gradient = parameter.grad;
                        gradient?.zero_();
                    }
                }
            }

            /// <summary>Adds a parameter.</summary>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_parameter(string name, Parameter param)
            {
                if (param is null || param.IsInvalid)
                    throw new ArgumentNullException(nameof(param), "A null tensor cannot be registered as a parameter.");
                if (!_internal_params.TryAdd(name, param))
                    throw new InvalidOperationException($"Parameter {name} is already registered.");
            }

            /// <summary>Adds a tensor that is part of the module's state but not learned.</summary>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                if (tensor is null || tensor.IsInvalid)
                    throw new ArgumentNullException(nameof(tensor), "A null tensor cannot be registered as a buffer.");
                if (!_internal_buffers.TryAdd(name, (tensor, persistent)))
                    throw new InvalidOperationException($"Tensor {name} is already registered.");
            }

            /// <summary>Adds a module.</summary>
            /// <exception cref="ArgumentException">The name is empty or has a dot.</exception>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_module(string name, Module submodule)
            {
                if (name.Contains('.'))
                    throw new ArgumentException($"module name can't contain \".\", got: {name}");
                if (name.Length == 0)
                    throw new ArgumentException("module name can't be empty string \"\"");
                submodule.RegisterComponents();
                if (!_internal_submodules.TryAdd(name, submodule))
                    throw new InvalidOperationException($"Sub-module {name} is already registered.");
            }

            /// <summary>Adds a module.</summary>
            public void add_module(string name, Module module) => register_module(name, module);

            /// <summary>Adds all fields that are modules, parameters or other tensors, by the fields' names.</summary>
            protected virtual void RegisterComponents()
            {
                if (_registered)
                    return;
                _registered = true;
                foreach (var field in Fields())
                {
                    var name = field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name;
                    if (_internal_submodules.ContainsKey(name) || _internal_params.ContainsKey(name) || _internal_buffers.ContainsKey(name))
                        continue;
                    switch (field.GetValue(this))
                    {
                        case Module module: register_module(name, module); break;
                        case Parameter parameter: register_parameter(name, parameter); break;
                        case Tensor tensor: register_buffer(name, tensor); break;
                    }
                }
            }

            /// <summary>Sets the parameter of a name, which no dispose scope holds any more; null removes it.</summary>
            protected void ConditionallyRegisterParameter(string name, Parameter? value)
            {
                if (value is null)
                    _internal_params.Remove(name);
                else
                    _internal_params[name] = (Parameter)value.DetachFromDisposeScope();
            }

            /// <summary>The modules directly in it.</summary>
            public virtual IEnumerable<(string name, Module module)> named_children() => _internal_submodules;

            /// <summary>The modules directly in it.</summary>
            public virtual IEnumerable<Module> children() => named_children().Select(child => child.module);

            /// <summary>The modules in it, and those in them.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules() => named_children().Concat(
                from child in named_children()
                from inner in child.module.named_modules()
                select ($"{child.name}.{inner.name}", inner.module));

            /// <summary>The modules in it, and those in them.</summary>
            public virtual IEnumerable<Module> modules() => named_modules().Select(module => module.module);

            /// <summary>The parameters, and those of the modules in it; each once, in the order they were added.</summary>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<nint> { 0 };
                foreach (var (name, parameter) in _internal_params)
                {
                    if (seen.Add(parameter.handle))
                        yield return (name, parameter);
                }

                foreach (var (child, module) in recurse ? named_children() : [])
                {
                    foreach (var (name, parameter) in module.named_parameters())
                    {
                        if (seen.Add(parameter.handle))
                            yield return ($"{child}.{name}", parameter);
                    }
                }
            }

            /// <summary>The parameters, and those of the modules in it; each once.</summary>
            public virtual IEnumerable<Parameter> parameters(bool recurse = true) =>
                named_parameters(recurse).Select(parameter => parameter.parameter);

            /// <summary>The persistent buffers, and those of the modules in it; each once.</summary>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = new HashSet<nint> { 0 };
                foreach (var (name, (buffer, persistent)) in _internal_buffers)
                {
                    if (persistent && seen.Add(buffer.handle))
                        yield return (name, buffer);
                }

                foreach (var (child, module) in recurse ? named_children() : [])
                {
                    foreach (var (name, buffer) in module.named_buffers(true, include_nonpersistent))
                    {
                        if (seen.Add(buffer.handle))
                            yield return ($"{child}.{name}", buffer);
                    }
                }
            }

            /// <summary>The persistent buffers, and those of the modules in it; each once.</summary>
            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(buffer => buffer.buffer);

            /// <summary>The parameter of that name, also of a module in it; null if there is none.</summary>
            public virtual Parameter? get_parameter(string target) =>
                named_parameters().FirstOrDefault(parameter => parameter.name == target).parameter;

            /// <summary>Moves or converts all parameters and buffers; their objects are replaced, in fields too.</summary>
            internal Module _to(ScalarType? dtype, Device? device)
            {
                if (dtype is { } type && !torch.is_floating_point(type))
                    throw new ArgumentException($"nn.Module.to only accepts floating point or complex types, but got desired dtype={type}");
                foreach (var module in children())
                    module._to(dtype, device);
                foreach (var (name, parameter) in _internal_params.ToList())
                {
                    if (Moved(parameter, dtype, device) is not { } moved)
                        continue;
                    var replacement = new Parameter(moved, parameter.requires_grad);
                    using var gradient = parameter.grad;
                    replacement.grad = gradient is null ? null : gradient.to(replacement);
                    _internal_params[name] = replacement;
                    Replace(parameter, replacement);
                }

                foreach (var (name, (buffer, persistent)) in _internal_buffers.ToList())
                {
                    if (Moved(buffer, dtype, device) is not { } moved)
                        continue;
                    _internal_buffers[name] = (moved, persistent);
                    Replace(buffer, moved);
                }

                return this;
            }

            /// <summary>Disposes of it, its parameters and buffers, and the modules in it.</summary>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Disposes of it, its parameters and buffers, and the modules in it.</summary>
            protected virtual void Dispose(bool disposing)
            {
                if (!disposing || _disposed)
                    return;
                _disposed = true;
                foreach (var (_, (buffer, _)) in _internal_buffers)
                    buffer.DetachFromDisposeScope().Dispose();
                foreach (var (_, parameter) in _internal_params)
                    parameter.DetachFromDisposeScope().Dispose();
                foreach (var module in children())
                    module.Dispose();
            }

            private static Tensor? Moved(Tensor tensor, ScalarType? dtype, Device? device)
            {
                var type = tensor.is_floating_point() ? dtype ?? tensor.dtype : tensor.dtype;
                device ??= tensor.device;
                var stays = device.type == tensor.device_type && (device.index == -1 || device.index == tensor.device_index);
                if (stays && type == tensor.dtype)
                    return null;
                using var _ = no_grad();
                return tensor.to(type, device).DetachFromDisposeScope();
            }

            private void Replace(Tensor before, Tensor after)
            {
                foreach (var field in Fields().Where(field => ReferenceEquals(field.GetValue(this), before)))
                    field.SetValue(this, after);
                before.DetachFromDisposeScope().Dispose();
            }

            private IEnumerable<FieldInfo> Fields()
            {
                const BindingFlags Declared =
                    BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;
                for (var type = GetType(); type != typeof(Module); type = type.BaseType!)
                {
                    foreach (var field in type.GetFields(Declared))
                        yield return field;
                }
            }
        }

        /// <summary>A module that computes one result from one argument.</summary>
        public abstract class Module<T, TResult> : Module
        {
            /// <summary>A module of no parts yet.</summary>
            protected Module(string name)
                : base(name)
            {
            }

            /// <summary>Computes the result.</summary>
            public abstract TResult forward(T input);

            /// <summary>Computes the result.</summary>
            public TResult call(T input) => forward(input);
        }

        /// <summary>A module that computes one result from two arguments.</summary>
        public abstract class Module<T1, T2, TResult> : Module
        {
            /// <summary>A module of no parts yet.</summary>
            protected Module(string name)
                : base(name)
            {
            }

            /// <summary>Computes the result.</summary>
            public abstract TResult forward(T1 input1, T2 input2);

            /// <summary>Computes the result.</summary>
            public TResult call(T1 input1, T2 input2) => forward(input1, input2);
        }
    }
}

/// <summary>Moving and converting modules.</summary>
public static class ModuleExtensionMethods
{
    /// <summary>Converts all parameters and floating-point buffers.</summary>
    public static T to<T>(this T module, torch.ScalarType type, bool non_blocking = false)
        where T : torch.nn.Module => (T)module._to(type, null);

    /// <summary>Moves all parameters and buffers.</summary>
    public static T to<T>(this T module, torch.Device device, bool non_blocking = false)
        where T : torch.nn.Module => (T)module._to(null, torch.Available(device));

    /// <summary>Moves and converts all parameters and buffers.</summary>
    public static T to<T>(this T module, torch.Device device, torch.ScalarType type, bool non_blocking = false)
        where T : torch.nn.Module => (T)module._to(type, torch.Available(device));

    /// <summary>Moves all parameters and buffers to the processor.</summary>
    public static T cpu<T>(this T module, bool non_blocking = false)
        where T : torch.nn.Module => module.to(torch.CPU);

    /// <summary>Moves all parameters and buffers to a GPU.</summary>
    public static T cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false)
        where T : torch.nn.Module => module.to(new torch.Device(DeviceType.CUDA, deviceIndex));
}
