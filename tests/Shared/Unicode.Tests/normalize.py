"""Reads strings as lines of UTF-16 units in hex; prints the forms NFC and NFD of each in the same way, and first its version of Unicode."""
import sys
import unicodedata

print(unicodedata.unidata_version)
for line in sys.stdin:
    text = bytes.fromhex(line).decode("utf-16-be")
    print(*(unicodedata.normalize(form, text).encode("utf-16-be").hex() or "-" for form in ("NFC", "NFD")))
