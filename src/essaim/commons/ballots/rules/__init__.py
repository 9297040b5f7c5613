"""Rules of counting, a module for each family of methods. Exact: integers and fractions only.

- `papers`: ballots, weights, rankings, ties; `draws`: public draws
- `judgment`: majority judgment. `schulze`. `transfers`: instant run-off and STV
"""
