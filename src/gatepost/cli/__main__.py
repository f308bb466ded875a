"""`python -m gatepost.cli`: the command line without an installed script."""

from gatepost.cli import main

main()
