"""`python -m GSSCore <command>`, the same as `gss <command>`."""

from GSSCore.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
