"""Legacy characters identified by their pictures among all forms of IPAmj Mincho: is the right one first, among five, among ten.

    make bench NAME=gaiji
    ENISHI_BENCH_FORMS=500       forms asked about

A legacy bitmap is the form drawn four times as large, made 24, 32 or 48 pixels high, black or white, with other margins; and with
one in two hundred pixels turned. Of another hand: characters of JIS X 0208 in another typeface (Noto Serif CJK JP), where any
form of the right character counts.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.measure import write_result
from enishi.names.engines.characters import drawn, font_path, table
from enishi.names.engines.identifying import build_index, load_index
from enishi.platform.fonts import path_of

FORMS = int(os.environ.get("ENISHI_BENCH_FORMS", "500"))
INDEX = Path(os.environ.get("ENISHI_BENCH_INDEX", "var/names/pictures.npz"))
"""Of `enishi names characters build`; made anew if it is not there."""
SEED = 20261129
INK = 200
"""Grey from which a pixel of the legacy bitmap is black."""


def main() -> None:
    draw, noise = random.Random(SEED), np.random.default_rng(SEED)
    index = load_index(INDEX) if INDEX.is_file() else build_index()
    sequences, path = table().sequences, font_path()
    codes = draw.sample(index.codes, FORMS)
    lines = ["| legacy bitmap | forms | first | of five | of ten | ms each |", "|---|---|---|---|---|---|"]

    def legacy(code: str, size: int, turned: float) -> Image.Image:
        grey = np.asarray(drawn(sequences[code], path, size * 4).resize((size, size), Image.Resampling.BOX))
        black = np.pad(grey < INK, ((2, 5), (4, 1)))
        return as_picture(black ^ (noise.random(black.shape) < turned))

    def ask(
        said: str, asked: list[str], picture: Callable[[str], Image.Image], right: Callable[[str, str], bool]
    ) -> None:
        ranks, started = [], time.perf_counter()
        for one in asked:
            found = index.identify(picture(one), 10)
            ranks.append(next((place for place, other in enumerate(found) if right(one, other.mj)), 99))
        spent = (time.perf_counter() - started) / len(asked) * 1e3
        shares = " | ".join(
            f"{100 * sum(rank < most for rank in ranks) / len(ranks):.1f}" for most in (1, 5, 10)
        )
        lines.append(f"| {said} | {len(asked):,} | {shares} | {spent:.0f} |")
        print(lines[-1], flush=True)

    ask(
        "as drawn, 64 pixels",
        codes,
        lambda code: drawn(sequences[code], path, 64),
        lambda one, other: one == other,
    )
    for size, turned in ((24, 0.0), (32, 0.0), (48, 0.0), (48, 0.005)):
        said = f"{size} pixels{', one pixel in 200 turned' if turned else ''}"
        ask(said, codes, partial(legacy, size=size, turned=turned), lambda one, other: one == other)
    other_hand = path_of("Noto Serif CJK JP")
    if other_hand:
        common = draw.sample(
            [letter for letter in table().codes if len(letter) == 1 and is_common(letter)], FORMS
        )
        face = ImageFont.truetype(str(other_hand), 48)
        ask(
            "48 pixels, another typeface, any form of the character",
            common,
            lambda letter: in_face(letter, face),
            lambda letter, other: sequences[other][0] == letter,
        )
    write_result("gaiji", "\n".join(lines))


def is_common(letter: str) -> bool:
    try:
        return len(letter.encode("iso2022_jp")) == 8 and "一" <= letter <= "龥"
    except UnicodeEncodeError:
        return False


def in_face(letter: str, face: ImageFont.FreeTypeFont) -> Image.Image:
    picture = Image.new("L", (72, 72), 255)
    ImageDraw.Draw(picture).text((12, 4), letter, font=face, fill=0)
    return picture


def as_picture(black: np.ndarray) -> Image.Image:
    return Image.fromarray(np.where(black, 0, 255).astype(np.uint8))


if __name__ == "__main__":
    main()
