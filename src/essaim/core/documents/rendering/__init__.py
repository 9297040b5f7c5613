"""From a frozen snapshot to paper: Typst draws it (PDF/A-3), Factur-X puts the XML inside.

The same snapshot gives the same bytes. The libraries are loaded when first used: a web process that
prints nothing never carries them.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from essaim.core.documents.rendering.sheet import sheet

FOLDER = Path(__file__).parent
FONTS = FOLDER.parent / "fonts"
MACHINE_READABLE = frozenset({"invoice", "credit-note"})
PLACEHOLDER = "\u25a1"
LAST_SAFE = 0x0590
"""Latin, Greek, Cyrillic and Armenian letters come before; the fonts hold them."""
PUNCTUATION = range(0x1E00, 0x2200)

Snapshot = Mapping[str, Any]


def render(snapshot: Snapshot, *, is_large: bool = False) -> tuple[bytes, bytes | None]:
    """Return the PDF of a document and, for an invoice or a credit note, its XML.

    Args:
        is_large: letters of 16 points instead of 10, for those who see badly.
    """
    texts = sheet(snapshot)
    issued_at = datetime.fromisoformat(snapshot["issued_at"])
    pdf = typeset(FOLDER / "document.typ", {**texts, "is_large": is_large}, issued_at=issued_at)
    if snapshot["kind"] not in MACHINE_READABLE:
        return pdf, None
    from essaim.core.documents.rendering.facturx import cross_industry_invoice  # noqa: PLC0415

    xml = cross_industry_invoice(snapshot)
    return _with_xml(pdf, xml, texts, snapshot), xml


def typeset(template: Path, data: Mapping[str, Any], *, issued_at: datetime) -> bytes:
    """Return the PDF/A that a Typst template draws of texts; the same ones give the same bytes.

    The template reads `json(bytes(sys.inputs.data))`. Letters that no font has become squares.
    """
    import typst  # noqa: PLC0415

    try:
        return _compile(template, data, issued_at)
    except typst.TypstError as problem:
        if "could not be displayed" not in str(problem):
            raise
        # PDF/A forbids letters that no font has (an emoji in a name): a small square stands in.
        return _compile(template, _printable(data), issued_at)


def _compile(template: Path, data: Mapping[str, Any], issued_at: datetime) -> bytes:
    import typst  # noqa: PLC0415

    pdf = typst.compile(
        template,
        root=template.parent,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-3b"],
        timestamp=int(issued_at.timestamp()),
        format="pdf",
    )
    return bytes(pdf)


@cache
def _fonts() -> Any:
    """Read the fonts once: the two families of the house, then Typst's own for rarer letters."""
    import typst  # noqa: PLC0415

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)]
    )


def _printable(value: Any) -> Any:
    """Return the same texts without the letters that no font of ours has."""
    if isinstance(value, str):
        return "".join(_letter(letter) for letter in value)
    if isinstance(value, Mapping):
        return {name: _printable(item) for name, item in value.items()}
    return [_printable(item) for item in value] if isinstance(value, list) else value


def _letter(letter: str) -> str:
    if unicodedata.category(letter)[0] == "C":
        return ""
    is_safe = ord(letter) < LAST_SAFE or ord(letter) in PUNCTUATION
    return letter if is_safe else PLACEHOLDER


def _with_xml(pdf: bytes, xml: bytes, texts: Mapping[str, Any], snapshot: Snapshot) -> bytes:
    """Embed the XML as Factur-X wants it, checked against its XSD; the dates are the document's."""
    import facturx  # noqa: PLC0415

    hybrid = facturx.generate_from_binary(
        pdf,
        xml,
        flavor="factur-x",
        level="en16931",
        check_xsd=True,
        check_schematron=False,
        lang=texts["language"],
        pdf_metadata={
            "author": snapshot["seller"]["name"],
            "keywords": f"{texts['title']}, Factur-X",
            "title": f"{texts['title']} {snapshot['number']}",
            "subject": f"{texts['title']} {snapshot['number']}, {snapshot['seller']['name']}",
        },
        afrelationship="data",
        xmp_compression=False,
    )
    return _dated(bytes(hybrid), datetime.fromisoformat(snapshot["issued_at"]))


def _dated(pdf: bytes, issued_at: datetime) -> bytes:
    """Replace the clock's times that the library wrote, byte for byte of the same length."""
    compact = f"{issued_at:%Y%m%d%H%M%S}".encode()
    long = f"{issued_at:%Y-%m-%dT%H:%M:%S}".encode()
    # The colon and the plus come as they are or as octal escapes.
    pdf = re.sub(rb"\((D(?::|\\072))\d{14}(\+|\\053)", rb"(\g<1>" + compact + rb"\g<2>", pdf)
    return re.sub(
        rb"(<xmp:(?:Create|Modify)Date>)[-\dT:]{19}\+00:00", rb"\g<1>" + long + rb"+00:00", pdf
    )
