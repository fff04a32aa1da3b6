"""Run the command as `python -m tallystick`."""

from tallystick.command import main

# Worker processes import this module again, and must not run the command.
if __name__ == "__main__":
    main()
