"""The arithmetic of the catalogue: words, ranking, opening hours, pictures. No database, no clock."""
