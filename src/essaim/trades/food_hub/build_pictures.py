"""Print the pictures of the demo's shelf. Run by maintainers, never at run time.

    python -m essaim.trades.food_hub.build_pictures --chromium /usr/bin/chromium

`pictures/drawings.svg` holds one drawing a product, made of a few shared parts (a jar, a leaf).
Chromium draws them all on one transparent plate; Pillow cuts the plate, centres each drawing on
the paper of its family and writes one WebP a drawing, without metadata.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

from essaim.trades.food_hub.demo_shelf import PICTURES, SHELF

FOLDER: Final = Path(__file__).parent / "pictures"
WIDTH_PX: Final = 600
HEIGHT_PX: Final = 400
"""The page of a product shows three by two, a shelf the square in the middle: both are whole."""
DRAWN_PX: Final = 304
"""A drawing fills a square of this side, so that a turnip weighs as much as a basket."""
SUN_PX: Final = 372
ENLARGED_MAX: Final = 1.1
"""But what was drawn small stays a little smaller."""
QUALITY: Final = 80
PLATE_CELL_PX: Final = 960
PLATE_COLUMNS: Final = 8
PAPERS: Final = {
    "Légumes": ("#F3F2DD", "#DFE7C4"),
    "Fruits": ("#FCEFDF", "#F8DDC6"),
    "Boissons": ("#F1F1E6", "#D9E4E2"),
    "Crèmerie": ("#FBF1DC", "#F3E0B8"),
    "Fromages": ("#FBEBC6", "#F6DA9A"),
    "Pains": ("#F8E9D3", "#EFD5B0"),
    "Épicerie": ("#F7EFE6", "#E6DADF"),
    "Œufs et volailles": ("#F7ECDD", "#EAD9C3"),
    "Bières": ("#FBEDD3", "#F4DAAE"),
}
"""The paper of each family and the sun printed on it: warm, tinted chapter by chapter."""
PLATE: Final = """<!doctype html><meta charset="utf-8"><style>
  body {{ margin: 0; display: grid; grid-template-columns: repeat({columns}, {cell_px}px); }}
  body > svg {{ width: {cell_px}px; height: {cell_px}px; }}
  .parts svg {{ position: absolute; width: 0; height: 0; }}
</style><body>{cells}<div class="parts">{drawings}</div>"""
CELL: Final = """<svg viewBox="0 0 300 300"><g filter="url(#hand)">
  <use href="#{drawing}" transform="translate(30 30)"/></g></svg>"""


def plate_page(drawings: str) -> str:
    """Return the HTML page that shows each drawing in its cell, in the order of `PICTURES`."""
    cells = "".join(CELL.format(drawing=drawing) for drawing in PICTURES.values())
    return PLATE.format(
        columns=PLATE_COLUMNS, cell_px=PLATE_CELL_PX, cells=cells, drawings=drawings
    )


def print_plate(html: str, chromium: str) -> Image.Image:
    """Return the page as Chromium draws it, on nothing.

    Raises:
        subprocess.CalledProcessError: Chromium could not draw it.
    """
    rows = -(-len(PICTURES) // PLATE_COLUMNS)
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    options += ["--hide-scrollbars", "--default-background-color=00000000"]
    options += [f"--window-size={PLATE_COLUMNS * PLATE_CELL_PX},{rows * PLATE_CELL_PX}"]
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "plate.html", Path(folder) / "plate.png"
        source.write_text(html, "utf-8")
        subprocess.run(  # noqa: S603 - the browser is chosen by the maintainer
            [chromium, *options, f"--screenshot={target}", source.as_uri()],
            check=True,
            capture_output=True,
        )
        with Image.open(target) as plate:
            return plate.convert("RGBA")


def cut(plate: Image.Image, number: int) -> Image.Image:
    """Return the drawing of one cell, at the size of the picture, without its empty margin."""
    row, column = divmod(number, PLATE_COLUMNS)
    left, top = column * PLATE_CELL_PX, row * PLATE_CELL_PX
    drawing = plate.crop((left, top, left + PLATE_CELL_PX, top + PLATE_CELL_PX))
    drawing = drawing.crop(drawing.getchannel("A").getbbox())
    natural = HEIGHT_PX / (PLATE_CELL_PX * 240 / 300)
    scale = min(ENLARGED_MAX * natural, DRAWN_PX / drawing.width, DRAWN_PX / drawing.height)
    size = (round(drawing.width * scale), round(drawing.height * scale))
    return drawing.resize(size, Image.Resampling.LANCZOS)


def paper_of(family: str) -> Image.Image:
    """Return the empty paper of a family, with its sun."""
    paper, sun = PAPERS[family]
    width, height, radius = 4 * WIDTH_PX, 4 * HEIGHT_PX, 4 * SUN_PX // 2
    large = Image.new("RGB", (width, height), paper)
    ImageDraw.Draw(large).circle((width // 2, height // 2), radius, fill=sun)
    return large.resize((WIDTH_PX, HEIGHT_PX), Image.Resampling.LANCZOS)


def build(chromium: str, target: Path = FOLDER) -> dict[str, int]:
    """Write every picture in place of those of `target`; return their bytes by drawing."""
    plate = print_plate(plate_page((FOLDER / "drawings.svg").read_text("utf-8")), chromium)
    families = {name: family for _farm, family, name, *_rest in SHELF}
    for former in target.glob("*.webp"):
        former.unlink()
    sizes = {}
    for number, (name, code) in enumerate(PICTURES.items()):
        drawing, picture = cut(plate, number), paper_of(families[name])
        corner = ((WIDTH_PX - drawing.width) // 2, (HEIGHT_PX - drawing.height) // 2)
        picture.paste(drawing, corner, drawing)
        file = target / f"{code}.webp"
        picture.save(file, "WEBP", quality=QUALITY, method=6)
        sizes[code] = file.stat().st_size
    return sizes


def main() -> None:
    """Build the pictures from the command line and print their weight."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chromium", default="chromium")
    parser.add_argument("--target", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    sizes = build(arguments.chromium, arguments.target)
    for code, size in sorted(sizes.items(), key=lambda entry: entry[1]):
        sys.stdout.write(f"{size:>7}  {code}\n")
    sys.stdout.write(f"{sum(sizes.values()):>7}  {len(sizes)} pictures\n")


if __name__ == "__main__":
    main()
