"""How votes are counted."""
