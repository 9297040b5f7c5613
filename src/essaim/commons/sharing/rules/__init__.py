"""How a surplus is shared, to the cent. Pure: see `docs/explanation/surplus.md`."""
