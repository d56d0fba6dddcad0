"""The report as one page that needs nothing beside it: warnings, the picture, tables.

In any language: each fixed text goes through `tr`, a `GSSCore.messages.Translate`. What there is to translate are

- the literal arguments of calls of a name `tr` in `GSSCore/results`: texts, or templates with `{names}`,
- the templates of all messages, the second argument of each `Message(...)`,
- `RESEARCH_USE` and the `display` of `Region`, `Label` and `Confidence` in the vocabulary,
- of the shipped card the `limits` and `evaluated_on`; those of another network stay as they are,
- `GSSCore.messages.AND`.

`tr("en")` is asked for the language's code.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from GSSCore.messages import Message, Translate
from GSSCore.results.doubts import MARK, in_doubt, unreliable_names
from GSSCore.results.style import STYLE
from GSSCore.vocabulary import REGIONS, RESEARCH_USE, TUMOUR_LABELS

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""What a browser may load for the page: nothing but what is in it."""

Html = str
"""Text in which everything that came from outside has been escaped."""


def html_report(report: Mapping[str, Any], picture: bytes, translate: Translate = str) -> Html:
    """Return the page of a result.

    Args:
        report: of the result, see `GSSCore.results.report`.
        picture: the overview, a PNG file.
        translate: from English; as it is by default.
    """
    tr = translate
    image = base64.b64encode(picture).decode("ascii")
    alternative = tr("Three planes through the tumour with its contours")
    body = [
        _header(report, tr),
        _warnings([Message.from_json(message) for message in report["messages"]], tr),
        f'<figure><img alt="{_text(alternative)}" src="data:image/png;base64,{image}"></figure>',
        _section(tr("Volumes"), _volumes(report, tr)),
        _section(tr("Inputs"), _inputs(report, tr)),
        _section(tr("Network"), _network(report["network"], tr)),
        _section(tr("How it was computed"), _computed(report, tr)),
        _section(tr("Time"), _times(report["seconds"], tr)),
        f'<footer class="soft"><p>{_text(tr(RESEARCH_USE))} '
        f"{_text(tr('Every contour needs to be checked by someone qualified to.'))}</p></footer>",
    ]
    return (
        f'<!doctype html>\n<html lang="{_text(tr("en"))}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(tr('Brain tumour segmentation'))}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _header(report: Mapping[str, Any], tr: Translate) -> Html:
    used, missing = (_text(", ".join(report[f"{which}_modalities"])) for which in ("used", "missing"))
    if missing:
        lacking = f'<span class="missing">{missing}</span>'
        sequences = _filled(tr("From {used}; missing: {missing}"), used=used, missing=lacking)
    else:
        sequences = _filled(tr("From {used}; missing: none"), used=used)
    made = _filled(tr("Made {time}"), time=_text(report["created"]))
    return (
        f"<header><div><h1>{_text(tr('Brain tumour segmentation'))}</h1><p>{sequences}</p>"
        f'<p class="soft">{made}</p></div><p class="use">{_text(tr(RESEARCH_USE).rstrip("."))}</p></header>'
    )


def _warnings(messages: Sequence[Message], tr: Translate) -> Html:
    if not messages:
        quiet = tr("The checks of the input and of the result found nothing to warn about.")
        return f'<p class="soft">{_text(quiet)}</p>'
    title = tr("1 warning") if len(messages) == 1 else tr("{count} warnings").format(count=len(messages))
    lines = "".join(f"<li>{_text(message.translated(tr))}</li>" for message in messages)
    return f'<div class="warnings" role="alert"><strong>{_text(title)}</strong><ul>{lines}</ul></div>'


def _volumes(report: Mapping[str, Any], tr: Translate) -> Html:
    """Return the table of volumes, with the Dice that may be expected and, if measured, the one to a truth."""
    volumes, expected, dice = report["volumes_ml"], report["network"]["expected_dice"] or {}, report.get("dice")
    doubtful = unreliable_names(report["unreliable"])
    head = [tr("Region"), tr("Volume, ml")]
    head += [tr("Expected Dice")] if expected else []
    head += [tr("Dice to the truth")] if dice else []
    names = {region.value: _text(f"{region.value}, {tr(region.display)}") for region in REGIONS}
    names |= {
        label.name: _swatch(label.colour) + _text(f"{label.name}, {tr(label.display)}") for label in TUMOUR_LABELS
    }
    rows = []
    for name, title in names.items():
        mark = f'<span class="missing" title="{_text(tr("not to be relied on"))}">{MARK}</span>'
        row = [f"{title} {mark}" if name in doubtful else title, f"{volumes[name]:.2f}"]
        row += [f"{expected[name]:.2f}" if name in expected else ""] if expected else []
        row += [f"{dice[name]:.3f}" if name in dice else ""] if dice else []
        rows.append(row)
    return _table(head, rows, ["", *["number"] * (len(head) - 1)]) + _notes(report, tr)


def _notes(report: Mapping[str, Any], tr: Translate) -> Html:
    """Return what the numbers beside the volumes mean."""
    network, truth = report["network"], report.get("truth")
    values = {"subset": _text(network["subset"]), "source": _text(tr(network["expected_dice_from"]))}
    notes = []
    if report["unreliable"]:
        notes.append(_filled(tr("{mark}: not to be relied on, see the warnings above."), mark=MARK))
    notes.append(_text(tr("WT is NCR, ED and ET together; TC is NCR and ET.")))
    if network["expected_dice"]:
        told = tr(
            "Expected Dice: the mean that this network reached from {subset} on other cases; a single case may be far "
            "from it."
        )
        notes.append(_filled(told, **values))
        notes += [_filled(tr("Measured on {source}."), **values)] if network["expected_dice_from"] else []
    elif in_doubt(Message.from_json(message) for message in report["messages"]):
        why = tr("No Dice can be expected: what was measured of this network holds for sound images only.")
        notes.append(_text(why))
    else:
        notes.append(_filled(tr("Nothing has been measured of this network's accuracy from {subset}."), **values))
    if truth:
        notes.append(_filled(tr("Truth: {file}"), file=_text(truth)))
    return "".join(f'<p class="soft">{note}</p>' for note in notes)


def _inputs(report: Mapping[str, Any], tr: Translate) -> Html:
    rows = []
    for name, one in report["inputs"].items():
        place = tr("resampled onto the reference") if one["resampled"] else tr("on the reference's grid")
        role = tr("reference") if name == report["reference"] else place
        digest = f"<br><code>SHA-256 {_text(one['sha256'])}</code>" if one["sha256"] else ""
        shape, spacing = _by(one["shape"]), _by(f"{mm:.3g}" for mm in one["spacing_mm"])
        grid = tr("{shape} voxels of {spacing} mm, {axes}").format(shape=shape, spacing=spacing, axes=one["axes"])
        file = _text(one["file"] or tr("an array in memory")) + digest
        rows.append([_text(name), file, _text(grid), _text(role)])
    return _table([tr("Modality"), tr("File"), tr("Grid"), tr("Use")], rows, ["", "path", "", ""])


def _network(network: Mapping[str, Any], tr: Translate) -> Html:
    facts = {
        tr("Name"): _text(f"{network['name']} {network['version']} ({network['architecture']})"),
        tr("Licence"): _text(network["licence"]),
        tr("Weights"): f"<code>SHA-256 {_text(network['sha256'])}</code>",
    }
    if network["limits"]:
        facts[tr("Limits")] = "<br>".join(_text(tr(limit)) for limit in network["limits"])
    return _facts(facts)


def _computed(report: Mapping[str, Any], tr: Translate) -> Html:
    execution_plan = {
        "device": tr("Device"),
        "precision": tr("Precision"),
        "window": tr("Window"),
        "overlap": tr("Overlap"),
        "batch": tr("Batch"),
        "accumulators": tr("Accumulators"),
    }
    clean_up = {"minimum_component_ml": tr("Parts of tumour kept"), "et_minimum_ml": tr("Parts of ET kept")}
    facts = {
        execution_plan.get(key, _words(key)): _text(_value(value, tr))
        for key, value in report["execution_plan"].items()
    }
    for key, value in report["clean_up"].items():
        kept = tr("{ml:g} ml and more").format(ml=value) if value else tr("all, no clean-up")
        facts[clean_up.get(key, key)] = _text(kept)
    facts[tr("Versions")] = _text(", ".join(f"{name} {version}" for name, version in report["versions"].items()))
    return _facts(facts)


def _times(seconds: Mapping[str, float], tr: Translate) -> Html:
    stages = {
        "preprocess": tr("Preprocess"),
        "network": tr("Network"),
        "confidence": tr("Confidence"),
        "restore": tr("Restore"),
        "encode": tr("Encode"),
        "pictures": tr("Pictures"),
    }
    longest = max(seconds.values(), default=0.0) or 1.0
    rows = [
        [
            _text(stages.get(stage, _words(stage))),
            f"{took:.2f} s",
            f'<span class="bar" style="width:{100.0 * took / longest:.0f}%"></span>',
        ]
        for stage, took in seconds.items()
    ]
    rows.append([_text(tr("Together")), f"{sum(seconds.values()):.2f} s", ""])
    return _table([tr("Stage"), tr("Seconds"), ""], rows, ["", "number", "wide"])


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


def _value(value: Any, tr: Translate) -> str:
    if value is None:
        return tr("whole crop")
    return _by(value) if isinstance(value, (list, tuple)) else str(value)


def _by(values: Iterable[Any]) -> str:
    return " × ".join(str(value) for value in values)


def _filled(template: str, **values: Html) -> Html:
    """Return a template, escaped, with values that are."""
    return _text(template).format(**values)


def _text(value: Any) -> Html:
    return escape(str(value), quote=True)
