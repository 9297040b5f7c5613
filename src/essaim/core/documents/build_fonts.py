"""Make the fonts of printed documents from the two families of the house (run by hand).

    npm pack @fontsource-variable/atkinson-hyperlegible-next
    npm pack @fontsource-variable/bricolage-grotesque
    (unpack each, then) python -m essaim.core.documents.build_fonts FOLDER_OF_WOFF2_FILES

Pages need the French letters only; a document must print any name of Europe, hence the extended
Latin files beside the plain ones. Each file gets a family name of its own, since Typst takes
a whole family from one file and falls back letter by letter to the next family. The fonts stay
variable: one file holds all weights.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

FOLDER = Path(__file__).parent / "fonts"
SOURCES = {
    "atkinson-hyperlegible-next-latin-wght-normal": "Essaim Text",
    "atkinson-hyperlegible-next-latin-ext-wght-normal": "Essaim Text Ext",
    "bricolage-grotesque-latin-wght-normal": "Essaim Title",
    "bricolage-grotesque-latin-ext-wght-normal": "Essaim Title Ext",
}
FAMILY_NAMES = (1, 16, 21)
UNIQUE_NAMES = (3, 4)
POSTSCRIPT_NAMES = (6, 25)


def build(source: Path, family: str) -> Path:
    """Write one TrueType file under the family's name; letters and kerning are unchanged."""
    font = TTFont(source)
    options = Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum", "liga"]
    options.name_IDs = ["*"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=set(font.getBestCmap()))
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in FAMILY_NAMES:
            record.string = family
        elif record.nameID in UNIQUE_NAMES:
            record.string = f"{family} Regular"
        elif record.nameID in POSTSCRIPT_NAMES:
            record.string = family.replace(" ", "")
    font.flavor = None
    target = FOLDER / f"{family.lower().replace(' ', '-')}.ttf"
    font.save(target)
    return target


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for stem, name in SOURCES.items():
        (found,) = folder.rglob(f"{stem}.woff2")
        print(build(found, name))  # noqa: T201 - a command run by hand
