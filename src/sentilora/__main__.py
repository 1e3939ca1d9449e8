"""``python -m sentilora``."""

from sentilora.cli.app import main

if __name__ == "__main__":
    main()
