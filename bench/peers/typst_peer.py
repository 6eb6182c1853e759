"""Typst by its Python binding: the content as JSON to a template that walks it. BENCH_TAGS=0: without PDF tags."""

import json
import os

import typst
from common import FONTS, HERE, main

TAGS = os.environ.get("BENCH_TAGS") != "0"
compilers = []


def make(content):
    if not compilers:  # a warm process keeps its compiler: fonts are read once
        compilers.append(typst.Compiler(str(HERE / "brief.typ"), root=str(HERE), font_paths=[str(FONTS)], ignore_system_fonts=True))
    return compilers[0].compile(sys_inputs={"content": json.dumps(content)}, pdf_tags=TAGS)


if __name__ == "__main__":
    main(make)
