"""Rules of counting, a module for each family of methods. Exact: integers and fractions only.

- `papers`: ballots, weights, rankings, ties; `draws`: public draws
- `motions`: yes, no, abstentions under any majority; consent. `colleges`: the same by colleges
- `judgment`: majority judgment. `schulze`. `transfers`: instant run-off and STV
- `scores`: approval and score
- `budgets`, `equal_shares`: participatory budgets. `quadratic`: quadratic funding
- `sortition`: panels drawn by lot
"""
