using System.Collections.Concurrent;

namespace StreamDistill.Serve.Tests;

public sealed class HotSwapTests : IDisposable
{
    private const int Clients = 16;
    private const int Swaps = 6;

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("serve-swap");

    [Fact]
    public async Task Under_load_every_request_is_answered_wholly_by_one_student()
    {
        string[] students = [TinyStudent.Save(Path.Combine(root.FullName, "a"), seed: 21), TinyStudent.Save(Path.Combine(root.FullName, "b"), seed: 22)];
        await using var app = await ServeApp.StartAsync(("Serve:Directory", students[0]), ("Serve:Rows", "8"));
        var expected = new Dictionary<(string Fingerprint, int Client), string>();
        foreach (var student in students)
        {
            app.Slot.Replace(app.Loader.Load(student));
            foreach (var client in Enumerable.Range(0, Clients))
            {
                var alone = await app.PostAsync(BodyOf(client));
                expected.Add((alone.Fingerprint, client), alone.Content());
            }
        }

        using var swapped = new CancellationTokenSource();
        var answers = new ConcurrentQueue<(string Fingerprint, int Client, string Content)>();
        var clients = Enumerable.Range(0, Clients).Select(async client =>
        {
            while (!swapped.IsCancellationRequested)
            {
                var answer = await app.PostAsync(BodyOf(client));
                Assert.Equal(200, answer.Status);
                answers.Enqueue((answer.Fingerprint, client, answer.Content(0)));
                Assert.Equal(answer.Content(0), answer.Content(1));
            }
        }).ToList();
        for (var swap = 0; swap < Swaps; swap++)
        {
            var answered = answers.Count;
            await ServeApp.UntilAsync(() => answers.Count >= answered + Clients || clients.Exists(client => client.IsFaulted));
            app.Slot.Replace(app.Loader.Load(students[swap % 2]));
        }

        await swapped.CancelAsync();
        await Task.WhenAll(clients);
        Assert.All(answers, answer => Assert.Equal(expected[(answer.Fingerprint, answer.Client)], answer.Content));
        Assert.Equal(2, answers.Select(answer => answer.Fingerprint).Distinct().Count());
        Assert.All(expected.GroupBy(entry => entry.Key.Client, entry => entry.Value), answersOfTwo => Assert.Equal(2, answersOfTwo.Distinct().Count()));
    }

    public void Dispose() => root.Delete(recursive: true);

    private static string BodyOf(int client) => ServeApp.Body("\"max_tokens\":25,\"temperature\":0,\"n\":2", $"Client {client} asks: what is {client} times {client}?");
}
