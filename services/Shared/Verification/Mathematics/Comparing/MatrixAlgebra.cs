namespace StreamDistill.Verification.Mathematics;

/// <summary>Sums, multiples, products and determinants of matrices, entry by entry.</summary>
internal static class MatrixAlgebra
{
    private const int DeterminantMax = 5;

    /// <summary>The matrix, or the determinant, that an expression with matrices comes to; null where there are none in it, or their shapes do not fit.</summary>
    public static MathNode? Reduce(MathNode node)
    {
        if (node is MatrixNode)
        {
            return node;
        }

        if (node is not CallNode call)
        {
            return null;
        }

        var (first, second) = (Reduce(call.Arguments[0]), call.Arguments.Length > 1 ? Reduce(call.Arguments[1]) : null);
        return (call.Name, first, second) switch
        {
            ("det", MatrixNode matrix, _) when matrix.Rows.Length == matrix.Rows[0].Length && matrix.Rows.Length <= DeterminantMax => Determinant(matrix.Rows),
            ("neg", MatrixNode matrix, _) => Each(matrix, entry => new CallNode("neg", entry)),
            ("+" or "-", MatrixNode left, MatrixNode right) when left.Rows.Length == right.Rows.Length && left.Rows[0].Length == right.Rows[0].Length =>
                new MatrixNode([.. left.Rows.Select((row, i) => row.Select((entry, j) => (MathNode)new CallNode(call.Name, entry, right.Rows[i][j])).ToArray())]),
            ("*", MatrixNode left, MatrixNode right) when left.Rows[0].Length == right.Rows.Length => Product(left, right),
            ("*", null, MatrixNode matrix) => Each(matrix, entry => new CallNode("*", call.Arguments[0], entry)),
            ("*" or "/", MatrixNode matrix, null) when call.Arguments.Length > 1 => Each(matrix, entry => new CallNode(call.Name, entry, call.Arguments[1])),
            _ => null,
        };
    }

    private static MatrixNode Each(MatrixNode matrix, Func<MathNode, MathNode> map) => new([.. matrix.Rows.Select(row => row.Select(map).ToArray())]);

    private static MatrixNode Product(MatrixNode left, MatrixNode right) => new([.. left.Rows.Select(row => Enumerable.Range(0, right.Rows[0].Length)
        .Select(column => row.Select((entry, i) => (MathNode)new CallNode("*", entry, right.Rows[i][column])).Aggregate((sum, term) => new CallNode("+", sum, term))).ToArray())]);

    /// <summary>By the first row.</summary>
    private static MathNode Determinant(MathNode[][] rows)
    {
        if (rows.Length == 1)
        {
            return rows[0][0];
        }

        MathNode? sum = null;
        for (var column = 0; column < rows.Length; column++)
        {
            var at = column;
            MathNode[][] minor = [.. rows.Skip(1).Select(row => row.Where((_, i) => i != at).ToArray())];
            var term = new CallNode("*", rows[0][column], Determinant(minor));
            sum = sum is null ? term : new CallNode(column % 2 == 0 ? "+" : "-", sum, term);
        }

        return sum!;
    }
}
