using Avro.IO;
namespace Avro.Resolution;
internal abstract class ItemReader { internal object ReadDatum(object reuse, Decoder d) => throw new NotImplementedException(); }
internal abstract class ItemWriter { internal void WriteDatum(object value, Encoder e) => throw new NotImplementedException(); }
internal static class ReaderResolver { internal static ItemReader Resolve(Schema w, Schema r, bool specific) => throw new NotImplementedException(); }
internal static class WriterResolver { internal static ItemWriter Resolve(Schema s, bool specific) => throw new NotImplementedException(); }
