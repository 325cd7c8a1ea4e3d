using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// IncrementalAlterConfigs, versions 0 and 1: sets a topic's settings, deletes what was set, adds to lists and takes from them.
/// The broker's own settings are given when it starts.
/// </summary>
internal sealed class IncrementalAlterConfigsHandler(TopicCatalog catalog) : Handler(ApiKey.IncrementalAlterConfigs, 0, 1, 1)
{
    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var changes = ResourceChange.ReadAll(request.Body, withOperation: true);
        var validateOnly = request.Body.ReadBoolean();
        request.Body.SkipTags();

        ResourceChange.ApplyAll(catalog, changes, isWhole: false, validateOnly, response);
        return ValueTask.FromResult(true);
    }
}
