"""Rules of delegating one’s voice by subject, and of counting with and without. Pure, exact."""
