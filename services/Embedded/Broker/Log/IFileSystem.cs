namespace StreamDistill.Embedded.Broker.Log;

/// <summary>The seam between the log and the disk: the real one, and one in tests that stops, tears, flips and fills up.</summary>
internal interface IFileSystem
{
}
