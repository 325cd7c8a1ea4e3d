namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>Where a setting's value comes from, as answers number it.</summary>
internal enum SettingSource : sbyte
{
    Topic = 1,
    Broker = 4,
    Default = 5,
}
