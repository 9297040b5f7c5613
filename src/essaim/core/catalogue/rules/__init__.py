"""The arithmetic of the catalogue: words, ranking, opening hours, pictures."""
