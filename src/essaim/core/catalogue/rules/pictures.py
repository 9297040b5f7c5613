"""Which pictures are taken in, and at which sizes they are kept."""

from typing import Final

WIDTHS_PX: Final = (320, 640, 1280)
"""Widths a photo is kept at; never wider than it came."""
BYTES_MAX: Final = 10 * 1024 * 1024
PIXELS_MAX: Final = 50_000_000
"""A telephone takes 12 to 50 million pixels; more is a bomb that fills the memory."""
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
WEBP_QUALITY: Final = 78
SHEET_PHOTOS_MAX: Final = 50
"""Small photos of a page, drawn together as one picture: one request for all of them."""
SHEET_CELL_PX: Final = 72
"""Each is shown 48 px wide: enough for most screens, and light."""
SHEET_BYTES_MAX: Final = 24 * 1024
"""What a page may spend on small photos, of the 120 KB that it may weigh in all."""
SHEET_QUALITIES: Final = (62, 48, 36, 26, 16, 8, 0)
"""Tried in this order until a sheet is light enough."""


def kept_widths(width_px: int) -> tuple[int, ...]:
    """Return the widths a photo `width_px` wide is kept at, the smallest first."""
    return tuple(sorted({min(width_px, width) for width in WIDTHS_PX}))


def kept_height(width_px: int, height_px: int, kept_width_px: int) -> int:
    """Return the height that keeps the proportions, at least 1."""
    return max(1, round(height_px * kept_width_px / width_px))
