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
        var changes = request.Body.ReadArray(r =>
        {
            var resource = ConfigResource.Read(r);
            var settings = r.ReadArray(s =>
            {
                var setting = new SettingChange(s.ReadString(), SettingOperation.Set, s.ReadNullableString());
                s.SkipTags();
                return setting;
            });
            r.SkipTags();
            return new ResourceChange(resource, settings);
        });
        var validateOnly = request.Body.ReadBoolean();
        request.Body.SkipTags();

        ResourceChange.ApplyAll(catalog, changes, isWhole: true, validateOnly, response);
        return ValueTask.FromResult(true);
    }
}
