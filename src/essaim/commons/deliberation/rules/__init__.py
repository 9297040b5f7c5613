"""Rules of deciding between assemblies: proposals, rounds, delegations. Pure and exact."""
