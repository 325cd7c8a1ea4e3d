using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// AlterConfigs, versions 0 to 2: replaces all that is set for a topic; what is left out has its default again. The broker's own
/// settings are given when it starts.
/// </summary>
internal sealed class AlterConfigsHandler(TopicCatalog catalog) : Handler(ApiKey.AlterConfigs, 0, 2, 2)
{
    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var changes = ResourceChange.ReadAll(request.Body, withOperation: false);
        var validateOnly = request.Body.ReadBoolean();
        request.Body.SkipTags();

        ResourceChange.ApplyAll(catalog, changes, isWhole: true, validateOnly, response);
        return ValueTask.FromResult(true);
    }
}
