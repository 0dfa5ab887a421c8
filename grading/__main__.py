"""``python -m grading``: the commands of classwork/commands.py."""

import sys

try:
    import math_core  # noqa: F401  comes with what grading needs, and with nothing else

    from classwork.commands import main
except ModuleNotFoundError as missing:
    sys.exit(
        f"{missing.name} is not installed for {sys.executable}. Set up what grading needs: "
        'make setup WITH="lab grading", then: source .venv/bin/activate'
    )

if __name__ == "__main__":
    sys.exit(main())
