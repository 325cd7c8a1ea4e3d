using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace StreamDistill.SchemaGenerator;

/// <summary>
/// Turns the project's Avro schemas (AdditionalFiles ending in .avsc) into C# records that implement
/// Avro.Specific.ISpecificRecord, one file per named type. A schema may refer to types of another file by full name;
/// each generated class carries its schema whole, as a schema registry wants it.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class RecordGenerator : IIncrementalGenerator
{
    private static readonly DiagnosticDescriptor InvalidSchema = new(
        "SDAVRO1", "Invalid Avro schema", "{0}: {1}", "Schemas", DiagnosticSeverity.Error, isEnabledByDefault: true);

    /// <inheritdoc />
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var files = context.AdditionalTextsProvider
            .Where(static file => file.Path.EndsWith(".avsc", StringComparison.Ordinal))
            .Select(static (file, cancellation) => (Name: System.IO.Path.GetFileName(file.Path), Text: file.GetText(cancellation)?.ToString() ?? ""))
            .Collect();
        context.RegisterSourceOutput(files, Generate);
    }

    private static void Generate(SourceProductionContext context, ImmutableArray<(string Name, string Text)> files)
    {
        var catalog = new SchemaCatalog();
        foreach (var (name, text) in files.OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            try
            {
                using var document = JsonDocument.Parse(text);
                catalog.Add(document.RootElement.Clone());
            }
            catch (Exception e) when (e is JsonException or SchemaException or KeyNotFoundException or InvalidOperationException)
            {
                context.ReportDiagnostic(Diagnostic.Create(InvalidSchema, Location.None, name, e.Message));
                return;
            }
        }

        foreach (var type in catalog.Types)
        {
            try
            {
                context.AddSource(type.FullName + ".g.cs", new RecordWriter(catalog).Write(type));
            }
            catch (SchemaException e)
            {
                context.ReportDiagnostic(Diagnostic.Create(InvalidSchema, Location.None, type.FullName, e.Message));
            }
        }
    }
}
