"""Where things are and how far: communes, territories, places."""
