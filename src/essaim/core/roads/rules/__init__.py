"""What signs and tags mean for somebody who moves. Pure: no file, no network, no clock."""
