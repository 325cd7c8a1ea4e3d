namespace Avro.Specific;
public sealed class ObjectCreator
{
    public static ObjectCreator Instance { get; } = new();
    public Type GetType(Schema schema) => throw new NotImplementedException();
}
