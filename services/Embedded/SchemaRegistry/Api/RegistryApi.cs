using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace StreamDistill.Embedded.SchemaRegistry.Api;

/// <summary>The paths of the REST API.</summary>
internal static class RegistryApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/schemas/types", context => Answers.WriteAsync(context, json =>
        {
            json.WriteStartArray();
            json.WriteStringValue("AVRO");
            json.WriteEndArray();
        }));
    }
}
