"""`python -m probe` is `exps`."""

from probe.cli import main

if __name__ == "__main__":
    main()
