"""How a campaign is matched and what it may offer. Pure: see the page of the docs on campaigns."""
