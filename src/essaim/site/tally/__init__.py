"""`essaim tally`: reading public ballot files (pure, from their bytes), counting, telling."""
