"""The report as one page that needs nothing beside it: warnings, the picture, tables."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from GSSCore.results.style import STYLE
from GSSCore.vocabulary import REGIONS, RESEARCH_USE, TUMOUR_LABELS

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""What a browser may load for the page: nothing but what is in it."""
_TITLE = "Brain tumour segmentation"
_CLEAN_UP = {"minimum_component_ml": "Parts of tumour kept", "et_minimum_ml": "Parts of ET kept"}

Html = str
"""Text in which everything that came from outside has been escaped."""


def report_html(manifest: Mapping[str, Any], picture: bytes) -> Html:
    """Return the page of a result.

    Args:
        manifest: of the result, see `GSSCore.results.manifest`.
        picture: the overview, a PNG file.
    """
    image = base64.b64encode(picture).decode("ascii")
    body = [
        _header(manifest),
        _warnings(manifest["warnings"]),
        '<figure><img alt="Three planes through the tumour with its contours" '
        f'src="data:image/png;base64,{image}"></figure>',
        _section("Volumes", _volumes(manifest)),
        _section("Inputs", _inputs(manifest)),
        _section("Network", _network(manifest["network"])),
        _section("How it was computed", _computed(manifest)),
        _section("Time", _times(manifest["seconds"])),
        f'<footer class="soft"><p>{_text(RESEARCH_USE)} Every contour needs to be checked by someone qualified to.</p>'
        "</footer>",
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_TITLE}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n" + "\n".join(body) + "\n</body>\n</html>\n"
    )


def _header(manifest: Mapping[str, Any]) -> Html:
    missing = manifest["missing_modalities"]
    lacks = f'missing: <span class="missing">{_text(", ".join(missing))}</span>' if missing else "missing: none"
    return (
        f"<header><div><h1>{_TITLE}</h1>"
        f"<p>From {_text(', '.join(manifest['used_modalities']))}; {lacks}</p>"
        f'<p class="soft">Made {_text(manifest["created"])}</p></div>'
        f'<p class="use">{_text(RESEARCH_USE.rstrip("."))}</p></header>'
    )


def _warnings(warnings: Sequence[str]) -> Html:
    if not warnings:
        return '<p class="soft">The checks of the input found nothing to warn about.</p>'
    title = "1 warning" if len(warnings) == 1 else f"{len(warnings)} warnings"
    lines = "".join(f"<li>{_text(warning)}</li>" for warning in warnings)
    return f'<div class="warnings" role="alert"><strong>{title}</strong><ul>{lines}</ul></div>'


def _volumes(manifest: Mapping[str, Any]) -> Html:
    """Return the table of volumes, with the Dice that may be expected and, if measured, the one to a truth."""
    volumes, network, dice = manifest["volumes_ml"], manifest["network"], manifest.get("dice")
    expected = network["expected_dice"] or {}
    head = ["Region", "Volume, ml"]
    head += ["Expected Dice"] if expected else []
    head += ["Dice to the truth"] if dice else []
    names = {region.value: _text(f"{region.value}, {region.display}") for region in REGIONS}
    names |= {label.name: _swatch(label.colour) + _text(f"{label.name}, {label.display}") for label in TUMOUR_LABELS}
    rows = []
    for name, title in names.items():
        row = [title, f"{volumes[name]:.2f}"]
        row += [f"{expected[name]:.2f}" if name in expected else ""] if expected else []
        row += [f"{dice[name]:.3f}" if name in dice else ""] if dice else []
        rows.append(row)
    return _table(head, rows, ["", *["number"] * (len(head) - 1)]) + _notes(manifest)


def _notes(manifest: Mapping[str, Any]) -> Html:
    """Return what the numbers beside the volumes mean."""
    network, truth = manifest["network"], manifest.get("truth")
    notes = ["WT is NCR, ED and ET together; TC is NCR and ET."]
    if network["expected_dice"]:
        source = network["expected_dice_from"]
        notes.append(
            f"Expected Dice: the mean that this network reached from {network['subset']} on other cases"
            f"{f' ({source})' if source else ''}; a single case may be far from it."
        )
    else:
        notes.append(f"Nothing has been measured of this network's accuracy from {network['subset']}.")
    if truth:
        notes.append(f"Truth: {truth}")
    return "".join(f'<p class="soft">{_text(note)}</p>' for note in notes)


def _inputs(manifest: Mapping[str, Any]) -> Html:
    rows = []
    for name, one in manifest["inputs"].items():
        place = "resampled onto the reference" if one["resampled"] else "on the reference's grid"
        role = "reference" if name == manifest["reference"] else place
        digest = f"<br><code>SHA-256 {_text(one['sha256'])}</code>" if one["sha256"] else ""
        grid = f"{_by(one['shape'])} voxels of {_by(f'{mm:.3g}' for mm in one['spacing_mm'])} mm, {one['axes']}"
        file = _text(one["file"] or "an array in memory") + digest
        rows.append([_text(name), file, _text(grid), _text(role)])
    return _table(["Modality", "File", "Grid", "Use"], rows, ["", "path", "", ""])


def _network(network: Mapping[str, Any]) -> Html:
    facts = {
        "Name": _text(f"{network['name']} {network['version']} ({network['architecture']})"),
        "Licence": _text(network["licence"]),
        "Weights": f"<code>SHA-256 {_text(network['sha256'])}</code>",
    }
    if network["limits"]:
        facts["Limits"] = "<br>".join(_text(limit) for limit in network["limits"])
    return _facts(facts)


def _computed(manifest: Mapping[str, Any]) -> Html:
    facts = {_words(key): _text(_value(value)) for key, value in manifest["policy"].items()}
    for key, value in manifest["clean_up"].items():
        facts[_CLEAN_UP.get(key, key)] = _text(f"{value:g} ml and more" if value else "all, no clean-up")
    facts["Versions"] = _text(", ".join(f"{name} {version}" for name, version in manifest["versions"].items()))
    return _facts(facts)


def _times(seconds: Mapping[str, float]) -> Html:
    longest = max(seconds.values(), default=0.0) or 1.0
    rows = [
        [
            _text(_words(stage)),
            f"{took:.2f} s",
            f'<span class="bar" style="width:{100.0 * took / longest:.0f}%"></span>',
        ]
        for stage, took in seconds.items()
    ]
    rows.append(["Together", f"{sum(seconds.values()):.2f} s", ""])
    return _table(["Stage", "Seconds", ""], rows, ["", "number", "wide"])


# --- parts -----------------------------------------------------------------------------------------------------------


def _section(title: str, content: Html) -> Html:
    return f"<section><h2>{_text(title)}</h2>{content}</section>"


def _table(head: Sequence[str], rows: Iterable[Sequence[Html]], kinds: Sequence[str]) -> Html:
    def cells(row: Sequence[Html], tag: str) -> Html:
        return "".join(
            f'<{tag} class="{kind}">{cell}</{tag}>' if kind else f"<{tag}>{cell}</{tag}>"
            for cell, kind in zip(row, kinds, strict=True)
        )

    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
    titles = cells([_text(title) for title in head], "th")
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>"


def _facts(facts: Mapping[str, Html]) -> Html:
    rows = "".join(f'<tr><th>{_text(name)}</th><td class="path">{value}</td></tr>' for name, value in facts.items())
    return f"<table><tbody>{rows}</tbody></table>"


def _swatch(colour: tuple[int, int, int]) -> Html:
    return '<span class="swatch" style="background:#{:02x}{:02x}{:02x}"></span>'.format(*colour)


def _words(key: str) -> str:
    """Return a key of the manifest as words: `some_key` becomes `Some key`."""
    words = key.replace("_", " ")
    return words[:1].upper() + words[1:]


def _value(value: Any) -> str:
    if value is None:
        return "whole crop"
    return _by(value) if isinstance(value, (list, tuple)) else str(value)


def _by(values: Iterable[Any]) -> str:
    return " × ".join(str(value) for value in values)


def _text(value: Any) -> Html:
    return escape(str(value), quote=True)
