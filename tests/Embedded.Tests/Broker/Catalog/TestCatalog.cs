using Microsoft.Extensions.Logging.Abstractions;
using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Log;

namespace StreamDistill.Embedded.Tests.Broker.Catalog;

/// <summary>A catalog in a directory of its own.</summary>
internal sealed class TestCatalog : IDisposable
{
    public static readonly IReadOnlyDictionary<string, string> NoSettings = new Dictionary<string, string>();

    private readonly CatalogOptions options;
    private readonly TemporaryDirectory directory = new();

    public TestCatalog(CatalogOptions? options = null)
    {
        this.options = options ?? new CatalogOptions();
        Catalog = Open();
    }

    public TopicCatalog Catalog { get; private set; }

    public string Directory => directory.Path;

    public TopicCatalog Open() => TopicCatalog.Open(DiskFileSystem.Instance, directory.Path, options, TimeProvider.System, NullLogger.Instance);

    /// <summary>Closes it and opens it again.</summary>
    public void Restart()
    {
        Catalog.Dispose();
        Catalog = Open();
    }

    public void Dispose()
    {
        Catalog.Dispose();
        directory.Dispose();
    }
}
