namespace StreamDistill.Student;

/// <summary>A token that is found in the text as it stands, before the text is split and merged.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">The text that it is.</param>
/// <param name="Special">Whether it controls the model: it is not part of what the model says.</param>
/// <param name="Normalized">Whether it is looked for after normalisation; otherwise before.</param>
internal sealed record AddedToken(int Id, string Content, bool Special, bool Normalized);
