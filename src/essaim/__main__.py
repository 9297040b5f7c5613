"""`python -m essaim` is the `essaim` command."""

from essaim.site.cli import main

if __name__ == "__main__":
    main()
