"""Roads: how far, how long and which way, by car, by bicycle and on foot."""
