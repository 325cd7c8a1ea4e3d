"""SymPy on the same pairs: parses both, simplifies the difference, and says whether it is zero."""

import json
import sys
import time

import sympy
from sympy.core.cache import clear_cache


def equal(gold, answer):
    gold, answer = (sympy.sympify(text.replace("^", "**")) for text in (gold, answer))
    return gold == answer or sympy.simplify(gold - answer) == 0


task = json.loads(sys.stdin.readline())
pairs = task["pairs"]
wrong = next((pair for pair in pairs if bool(equal(pair["gold"], pair["answer"])) != pair["isEqual"]), None)
print("ready" if wrong is None else f"not decided as expected: {wrong}", flush=True)
at = 0
for _ in sys.stdin:
    # A stream of answers does not repeat itself, so nothing is remembered from the round before.
    clear_cache()
    started, count = time.process_time(), 0
    while time.process_time() - started < task["seconds"]:
        pair = pairs[at % len(pairs)]
        equal(pair["gold"], pair["answer"])
        at += 1
        count += 1
    print((time.process_time() - started) * 1e9 / count, flush=True)
