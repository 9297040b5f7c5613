"""How a pack is called in the middle of a sentence. Pure."""


def pack_name(product: str, label: str) -> str:
    """Return « Miel de tilleul, le pot de 500 g »; a pack alone has a capital."""
    is_acronym = label[1:2].isupper()
    return f"{product}, {label}" if is_acronym else f"{product}, {label[:1].lower()}{label[1:]}"
