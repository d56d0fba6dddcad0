"""`gss info`: what is installed and what ships. Needs no torch."""

from __future__ import annotations

import argparse
import json
import platform
from typing import Any

from GSSCore.cli.arguments import Commands, plain_table
from GSSCore.version import VERSION, package_versions
from GSSCore.vocabulary import REGIONS, RESEARCH_USE, SUBSETS, subset_name


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "info",
        help="versions and shipped networks",
        description="Prints the versions of what is installed, and what the shipped network's card says.",
    )
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print it."""
    facts = gather()
    print(json.dumps(facts, indent=1, ensure_ascii=False) if options.json else as_text(facts))


def gather() -> dict[str, Any]:
    """Return versions of the project and of what it needs (None where missing), and the cards of what ships."""
    from GSSCore.brain_extraction.card import SHIPPED as BRAIN
    from GSSCore.brain_extraction.card import read_brain_card
    from GSSCore.networks.card import CARD_FILE, PRETRAINED, read_card

    folders = [path.parent for path in sorted(PRETRAINED.glob(f"*/{CARD_FILE}")) if path.parent.name != BRAIN]
    return {
        "version": VERSION,
        "research_use": RESEARCH_USE,
        "python": platform.python_version(),
        "packages": package_versions(),
        "networks": [json.loads(read_card(folder).to_json()) for folder in folders],
        "brain_network": json.loads(read_brain_card(PRETRAINED / BRAIN).to_json()),
    }


def as_text(facts: dict[str, Any]) -> str:
    """Return the facts for a person to read."""
    packages = ", ".join(f"{name} {version or 'missing'}" for name, version in facts["packages"].items())
    parts = [f"GSSSegmentation {facts['version']} on Python {facts['python']}. {facts['research_use']}", packages]
    for card in facts["networks"]:
        parts.append(
            f"\nnetwork {card['name']} {card['version']}: {card['parameters']:,} parameters, {card['licence']}\n"
            + "\n".join(f"  {line}" for line in card["limits"])
        )
        if card["subset_table"]:
            names = [name for s in SUBSETS if (name := subset_name(s)) in card["subset_table"]]
            rows = [[name, *(f"{card['subset_table'][name][r.value]:.3f}" for r in REGIONS)] for name in names]
            parts.append(plain_table(["mean Dice for", *(r.value for r in REGIONS)], rows))
    brain = facts["brain_network"]
    parts.append(
        f"\nbrain network {brain['name']} {brain['version']}: {brain['parameters']:,} parameters, {brain['licence']}"
    )
    parts += [f"  {line}" for line in brain["limits"]]
    return "\n".join(parts)
