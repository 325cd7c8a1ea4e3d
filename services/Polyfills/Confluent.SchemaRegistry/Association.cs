namespace Confluent.SchemaRegistry;

/// <summary>A subject that a registry associates with a resource, such as a topic.</summary>
public class Association
{
    /// <summary>The subject.</summary>
    public string Subject { get; set; }
}
