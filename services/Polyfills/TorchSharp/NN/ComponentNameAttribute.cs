namespace TorchSharp.Utils;

/// <summary>The name under which a field of a module is registered, where it is not the field's own.</summary>
[AttributeUsage(AttributeTargets.All)]
public class ComponentNameAttribute : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; set; } = "";
}
