"""What every peer shares: the content, and one command line for a single cold document and for a stream of warm ones.

    PEER.py CONTENT OUT     one document: the whole process is timed by whoever starts it
    PEER.py --serve         for each "CONTENT OUT" read on stdin: load it, make it, print the seconds that `make` took, write it

Only the standard library's lightest modules, so that it adds next to nothing to a peer's start.
"""

import json
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
FONTS = HERE.parents[1] / "templates" / "fonts"
FACES = {
    ("Source Serif 4", False, False): "SourceSerif4-Regular.ttf",
    ("Source Serif 4", True, False): "SourceSerif4-Bold.ttf",
    ("Source Serif 4", False, True): "SourceSerif4-It.ttf",
    ("Source Serif 4", True, True): "SourceSerif4-BoldIt.ttf",
    ("Source Sans 3", False, False): "SourceSans3-Regular.ttf",
    ("Source Sans 3", True, False): "SourceSans3-Bold.ttf",
    ("Source Sans 3", False, True): "SourceSans3-It.ttf",
    ("Source Sans 3", True, True): "SourceSans3-BoldIt.ttf",
}


def plain(runs):
    return "".join(run[0] for run in runs)


def main(make):
    if sys.argv[1] != "--serve":
        source, out = sys.argv[1:]
        Path(out).write_bytes(make(json.loads(Path(source).read_text("utf-8"))))
        return
    for line in sys.stdin:
        source, out = line.split()
        content = json.loads(Path(source).read_text("utf-8"))
        start = time.perf_counter()
        made = make(content)
        seconds = time.perf_counter() - start
        Path(out).write_bytes(made)
        print(f"{seconds:.6f}", flush=True)
