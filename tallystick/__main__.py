"""Run the command as `python -m tallystick`."""

from tallystick.command import main

main()
