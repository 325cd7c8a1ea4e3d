namespace StreamDistill.Verification;

/// <summary>The script of a letter: Unicode's Script property for the scripts in wide use.</summary>
public enum Script
{
    /// <summary>Used with more than one script (modifier letters, letter-like symbols, mathematical alphabets).</summary>
    Common,

    /// <summary>A script that is not named here.</summary>
    Other,

    /// <summary>Arabic.</summary>
    Arabic,

    /// <summary>Armenian.</summary>
    Armenian,

    /// <summary>Bengali.</summary>
    Bengali,

    /// <summary>Bopomofo.</summary>
    Bopomofo,

    /// <summary>Cherokee.</summary>
    Cherokee,

    /// <summary>Cyrillic.</summary>
    Cyrillic,

    /// <summary>Devanagari.</summary>
    Devanagari,

    /// <summary>Ethiopic.</summary>
    Ethiopic,

    /// <summary>Georgian.</summary>
    Georgian,

    /// <summary>Greek.</summary>
    Greek,

    /// <summary>Gujarati.</summary>
    Gujarati,

    /// <summary>Gurmukhi.</summary>
    Gurmukhi,

    /// <summary>Han.</summary>
    Han,

    /// <summary>Hangul.</summary>
    Hangul,

    /// <summary>Hebrew.</summary>
    Hebrew,

    /// <summary>Hiragana.</summary>
    Hiragana,

    /// <summary>Kannada.</summary>
    Kannada,

    /// <summary>Katakana.</summary>
    Katakana,

    /// <summary>Khmer.</summary>
    Khmer,

    /// <summary>Lao.</summary>
    Lao,

    /// <summary>Latin.</summary>
    Latin,

    /// <summary>Malayalam.</summary>
    Malayalam,

    /// <summary>Mongolian.</summary>
    Mongolian,

    /// <summary>Myanmar.</summary>
    Myanmar,

    /// <summary>Oriya.</summary>
    Oriya,

    /// <summary>Sinhala.</summary>
    Sinhala,

    /// <summary>Syriac.</summary>
    Syriac,

    /// <summary>Tamil.</summary>
    Tamil,

    /// <summary>Telugu.</summary>
    Telugu,

    /// <summary>Thaana.</summary>
    Thaana,

    /// <summary>Thai.</summary>
    Thai,

    /// <summary>Tibetan.</summary>
    Tibetan,
}

/// <summary>Which letters belong to which script.</summary>
internal static class Scripts
{
    /// <summary>The script of a letter; meaningless for a code point that is no letter.</summary>
    public static Script Of(int codePoint)
    {
        var low = 0;
        var high = Ranges.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (codePoint < Ranges[middle].First)
            {
                high = middle - 1;
            }
            else if (codePoint > Ranges[middle].Last)
            {
                low = middle + 1;
            }
            else
            {
                return Ranges[middle].Script;
            }
        }

        return Script.Other;
    }

    // Made from Unicode 14's Script property over the letters (general category L), in order; ranges of one script are
    // joined where no letter of another lies between. The last one covers both planes that Unicode keeps for ideographs.
    private static readonly (int First, int Last, Script Script)[] Ranges =
    [
        (0x0041, 0x00AA, Script.Latin), (0x00B5, 0x00B5, Script.Common), (0x00BA, 0x02B8, Script.Latin),
        (0x02B9, 0x02D1, Script.Common), (0x02E0, 0x02E4, Script.Latin), (0x02EC, 0x02EE, Script.Common),
        (0x0370, 0x0373, Script.Greek), (0x0374, 0x0374, Script.Common), (0x0376, 0x03E1, Script.Greek),
        (0x03F0, 0x03FF, Script.Greek), (0x0400, 0x052F, Script.Cyrillic), (0x0531, 0x0588, Script.Armenian),
        (0x05D0, 0x05F2, Script.Hebrew), (0x0620, 0x063F, Script.Arabic), (0x0640, 0x0640, Script.Common),
        (0x0641, 0x06FF, Script.Arabic), (0x0710, 0x074F, Script.Syriac), (0x0750, 0x077F, Script.Arabic),
        (0x0780, 0x07B1, Script.Thaana), (0x0860, 0x086A, Script.Syriac), (0x0870, 0x08C9, Script.Arabic),
        (0x0904, 0x097F, Script.Devanagari), (0x0980, 0x09FC, Script.Bengali), (0x0A05, 0x0A74, Script.Gurmukhi),
        (0x0A85, 0x0AF9, Script.Gujarati), (0x0B05, 0x0B71, Script.Oriya), (0x0B83, 0x0BD0, Script.Tamil),
        (0x0C05, 0x0C61, Script.Telugu), (0x0C80, 0x0CF2, Script.Kannada), (0x0D04, 0x0D7F, Script.Malayalam),
        (0x0D85, 0x0DC6, Script.Sinhala), (0x0E01, 0x0E46, Script.Thai), (0x0E81, 0x0EDF, Script.Lao),
        (0x0F00, 0x0F8C, Script.Tibetan), (0x1000, 0x108E, Script.Myanmar), (0x10A0, 0x10FF, Script.Georgian),
        (0x1100, 0x11FF, Script.Hangul), (0x1200, 0x138F, Script.Ethiopic), (0x13A0, 0x13FD, Script.Cherokee),
        (0x1780, 0x17DC, Script.Khmer), (0x1820, 0x18AA, Script.Mongolian), (0x1C80, 0x1C88, Script.Cyrillic),
        (0x1C90, 0x1CBF, Script.Georgian), (0x1CE9, 0x1CFA, Script.Common), (0x1D00, 0x1D25, Script.Latin),
        (0x1D26, 0x1D2A, Script.Greek), (0x1D2B, 0x1D2B, Script.Cyrillic), (0x1D2C, 0x1D5C, Script.Latin),
        (0x1D5D, 0x1D61, Script.Greek), (0x1D62, 0x1D65, Script.Latin), (0x1D66, 0x1D6A, Script.Greek), (0x1D6B, 0x1D77, Script.Latin),
        (0x1D78, 0x1D78, Script.Cyrillic), (0x1D79, 0x1DBE, Script.Latin), (0x1DBF, 0x1DBF, Script.Greek),
        (0x1E00, 0x1EFF, Script.Latin), (0x1F00, 0x1FFC, Script.Greek), (0x2071, 0x209C, Script.Latin),
        (0x2102, 0x2124, Script.Common), (0x2126, 0x2126, Script.Greek), (0x2128, 0x2128, Script.Common),
        (0x212A, 0x212B, Script.Latin), (0x212C, 0x2131, Script.Common), (0x2132, 0x2132, Script.Latin),
        (0x2133, 0x2149, Script.Common), (0x214E, 0x2184, Script.Latin), (0x2C60, 0x2C7F, Script.Latin),
        (0x2D00, 0x2D2D, Script.Georgian), (0x2D80, 0x2DDE, Script.Ethiopic), (0x2E2F, 0x2E2F, Script.Common),
        (0x3005, 0x3005, Script.Han), (0x3006, 0x3035, Script.Common), (0x303B, 0x303B, Script.Han), (0x303C, 0x303C, Script.Common),
        (0x3041, 0x309F, Script.Hiragana), (0x30A1, 0x30FA, Script.Katakana), (0x30FC, 0x30FC, Script.Common),
        (0x30FD, 0x30FF, Script.Katakana), (0x3105, 0x312F, Script.Bopomofo), (0x3131, 0x318E, Script.Hangul),
        (0x31A0, 0x31BF, Script.Bopomofo), (0x31F0, 0x31FF, Script.Katakana), (0x3400, 0x9FFF, Script.Han),
        (0xA640, 0xA69D, Script.Cyrillic), (0xA717, 0xA71F, Script.Common), (0xA722, 0xA787, Script.Latin),
        (0xA788, 0xA788, Script.Common), (0xA78B, 0xA7FF, Script.Latin), (0xA8F2, 0xA8FE, Script.Devanagari),
        (0xA960, 0xA97C, Script.Hangul), (0xA9CF, 0xA9CF, Script.Common), (0xA9E0, 0xA9FE, Script.Myanmar),
        (0xAA60, 0xAA7F, Script.Myanmar), (0xAB01, 0xAB2E, Script.Ethiopic), (0xAB30, 0xAB64, Script.Latin),
        (0xAB65, 0xAB65, Script.Greek), (0xAB66, 0xAB69, Script.Latin), (0xAB70, 0xABBF, Script.Cherokee),
        (0xAC00, 0xD7FB, Script.Hangul), (0xF900, 0xFAD9, Script.Han), (0xFB00, 0xFB06, Script.Latin),
        (0xFB13, 0xFB17, Script.Armenian), (0xFB1D, 0xFB4F, Script.Hebrew), (0xFB50, 0xFEFC, Script.Arabic),
        (0xFF21, 0xFF5A, Script.Latin), (0xFF66, 0xFF6F, Script.Katakana), (0xFF70, 0xFF70, Script.Common),
        (0xFF71, 0xFF9D, Script.Katakana), (0xFF9E, 0xFF9F, Script.Common), (0xFFA0, 0xFFDC, Script.Hangul),
        (0x10780, 0x107BA, Script.Latin), (0x16FE3, 0x16FE3, Script.Han), (0x1AFF0, 0x1B000, Script.Katakana),
        (0x1B001, 0x1B11F, Script.Hiragana), (0x1B120, 0x1B122, Script.Katakana), (0x1B150, 0x1B152, Script.Hiragana),
        (0x1B164, 0x1B167, Script.Katakana), (0x1D400, 0x1D7CB, Script.Common), (0x1DF00, 0x1DF1E, Script.Latin),
        (0x1E7E0, 0x1E7FE, Script.Ethiopic), (0x1EE00, 0x1EEBB, Script.Arabic), (0x20000, 0x3FFFF, Script.Han),
    ];
}
